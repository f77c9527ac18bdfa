// No committed file names a folder of somebody's machine, and the lockfile no registry.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { committedFiles, shown } from './workspace.mjs'

/** Absolute paths below the folders in which people and build machines keep their checkouts. */
const machinePath = /(?<![\w.@~/-])\/(?:work|root|home\/\w+|Users\/\w+)\//
const address = /https?:\/\/|tarball:/

export function checkTraces(root) {
  return committedFiles(root).flatMap((path) => {
    const text = readFileSync(path, 'utf8')
    if (text.includes('\0')) return []
    const pattern = basename(path) === 'pnpm-lock.yaml' ? address : machinePath
    return text
      .split('\n')
      .flatMap((line, index) => problemOf(pattern, line).map((found) => `${shown(root, path)}:${index + 1}: ${found}`))
  })
}

function problemOf(pattern, line) {
  const found = pattern.exec(line)
  return found ? [`names ${found[0]}`] : []
}
