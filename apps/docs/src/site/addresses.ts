// Where documents of the repository stand on the site, and what becomes of the links between them.
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { documents, root } from '../documents.ts'

/** Documents that are no page of the site: those of programs that are not published. */
const leftOut = /^apps\//

/** Pages of the site by the path of their document: the file below the folder of pages. */
export const pageOf: ReadonlyMap<string, string> = new Map(
  documents()
    .filter((path) => !leftOut.test(path) && path !== 'README.md')
    .map((path) => [path, fileOf(path)]),
)

/** Documents by their page. */
export const documentOf: ReadonlyMap<string, string> = new Map([...pageOf].map(([path, page]) => [page, path]))

function fileOf(path: string): string {
  return path
    .replace(/^docs\/README\.md$/, 'index.md')
    .replace(/^docs\//, '')
    .replace(/^packages\/([^/]+)\/README\.md$/, 'packages/$1.md')
    .replace(/^packages\/([^/]+)\/docs\//, 'packages/$1/')
    .replace(/^[A-Z]+\.md$/, (name) => name.toLowerCase())
    .replace('.generated.md', '.md')
}

/**
 * A link as it has to be on the site. One to a file that is no page is undefined: the site cannot show it.
 * @param document where it stands
 */
export function hrefOnSite(document: string, href: string): string | undefined {
  if (/^([a-z]+:|#)/i.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const target = posix.join(posix.dirname(document), path)
  const page = pageOf.get(target) ?? pageOf.get(indexOf(target))
  if (page === undefined) return isPicture(target) ? href : undefined
  const address = `/${page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '')}`
  return anchor === undefined ? address : `${address}#${anchor}`
}

/** A link to a folder is meant for the document that tells of it, and one to that of the repository for the first page. */
function indexOf(target: string): string {
  if (target === 'README.md' || target === '.') return 'docs/README.md'
  return posix.join(target, 'README.md')
}

export function isPicture(path: string): boolean {
  return /\.(svg|png)$/.test(path) && existsSync(join(root, path))
}
