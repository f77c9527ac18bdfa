// Links between the documents as they stand in the repository: every one leads to a file that is there, and to a heading.
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from './documents.ts'
import { readPage } from './page.ts'
import type { Page } from './page.ts'

/** Links that lead nowhere, as `document:line: link`. */
export function deadSourceLinks(pages: readonly Page[]): string[] {
  const known = new Map(pages.map((page) => [page.path, page]))
  return pages.flatMap((page) =>
    page.links
      .filter(({ href }) => !leadsSomewhere(page, href, known))
      .map(({ line, href }) => `${page.path}:${line}: ${href}`),
  )
}

function leadsSomewhere(page: Page, href: string, known: ReadonlyMap<string, Page>): boolean {
  if (/^[a-z]+:/i.test(href)) return true
  const [path = '', anchor = ''] = href.split('#')
  const target = path === '' ? page.path : posix.join(posix.dirname(page.path), decodeURIComponent(path))
  if (!known.has(target) && !existsSync(join(root, target))) return false
  if (anchor === '') return true
  return target.endsWith('.md') && (known.get(target) ?? readPage(target)).anchors.has(anchor)
}
