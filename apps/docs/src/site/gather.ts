// Brings the documents together as the pages of the site, with the pictures that they show.
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, textOf } from '../documents.ts'
import { isPicture, pageOf } from './addresses.ts'

/** Where the pages are; it is made anew each time. */
export const pagesFolder: string = join(root, 'apps/docs/.cache/pages')

export function gather(): void {
  rmSync(pagesFolder, { recursive: true, force: true })
  for (const path of pageOf.keys()) bring(path)
}

/** Copies one document to its page, and the pictures that it shows, which lie beside or below it. */
export function bring(path: string): void {
  const page = pageOf.get(path)
  if (page === undefined) return
  const target = join(pagesFolder, page)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(join(root, path), target)
  for (const [, href = ''] of textOf(path).matchAll(/\]\(([^)\s#:]+)\)/g)) {
    const picture = join(dirname(path), href)
    if (isPicture(picture)) cpSync(join(root, picture), join(dirname(target), href))
  }
}
