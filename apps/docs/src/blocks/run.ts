// Runs programs, each in a process of its own, with the built packages.
import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { transform } from 'esbuild'
import type { Program } from './programs.ts'
import { inWorkshop, placeOf, put } from './workshop.ts'

/** A program that hangs is found; a slow machine fails nothing. */
const LONGEST_MS = 240_000

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** How it ended when it did not end well. */
  readonly failure: string | undefined
}

/**
 * Runs `program`.
 * @param beside the named files of its page, which it may import
 */
export function runProgram(program: Program, beside: readonly Program[]): Promise<Ended> {
  return inWorkshop(async (folder) => {
    for (const each of [...beside, program]) await put(asJavaScript(placeOf(folder, each)), await compiled(each))
    const file = asJavaScript(placeOf(folder, program))
    const { NODE_OPTIONS: _, VITEST: __, NODE_ENV: ___, ...env } = process.env
    const ended = await new Promise<Ended>((resolve) => {
      const options = { cwd: dirname(file), env: { ...env, NO_COLOR: '1' }, timeout: LONGEST_MS }
      const child = execFile(process.execPath, [file], options, (error, stdout, stderr) => {
        resolve({ stdout, stderr, failure: error === null ? undefined : howItEnded(error) })
      })
      child.stdin?.end()
    })
    return { ...ended, stderr: ended.stderr.replaceAll(folder, '') }
  })
}

function howItEnded({ killed, message }: Error & { killed?: boolean }): string {
  return killed === true ? `not over after ${LONGEST_MS / 1000} s` : message
}

function asJavaScript(path: string): string {
  return path.replace(/\.(ts|mts|js)$/, '.mjs')
}

async function compiled({ code, file }: Program): Promise<string> {
  if (!file.endsWith('ts')) return code
  const { code: script } = await transform(code, { loader: 'ts', format: 'esm', target: 'node20' })
  return script.replaceAll(/(from\s+['"]\.[^'"]*)\.m?ts(['"])/g, '$1.mjs$2')
}
