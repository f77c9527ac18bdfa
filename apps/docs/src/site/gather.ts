// Brings the documents together as the pages of the site, with the pictures that stand beside them.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../documents.ts'
import { isPicture, pageOf } from './addresses.ts'

/** Where the pages are; it is made anew each time. */
export const pagesFolder: string = join(root, 'apps/docs/.cache/pages')

export function gather(): void {
  rmSync(pagesFolder, { recursive: true, force: true })
  for (const path of pageOf.keys()) bring(path)
}

/** Copies one document to its page, and the pictures of its folder. */
export function bring(path: string): void {
  const page = pageOf.get(path)
  if (page === undefined) return
  const target = join(pagesFolder, page)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(join(root, path), target)
  for (const name of readdirSync(join(root, dirname(path)))) {
    const picture = join(dirname(path), name)
    if (isPicture(picture)) cpSync(join(root, picture), join(dirname(target), name))
  }
}
