// Looks through what was built: every link of every page leads to a page that is there, and to an id on it.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'htmlparser2'

interface BuiltPage {
  readonly ids: ReadonlySet<string>
  readonly hrefs: readonly string[]
}

/** Links that lead nowhere, as `page: link`. */
export function deadLinks(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'))
  const pages = new Map(names.filter((name) => name.endsWith('.html')).map((name) => [name, read(join(folder, name))]))
  return [...pages].flatMap(([name, { hrefs }]) =>
    hrefs.filter((href) => !leadsSomewhere(href, name, pages, folder)).map((href) => `${name}: ${href}`),
  )
}

function leadsSomewhere(href: string, from: string, pages: ReadonlyMap<string, BuiltPage>, folder: string): boolean {
  const { protocol, host, pathname, hash } = new URL(href, `site://site/${from}`)
  if (protocol !== 'site:' || host !== 'site') return true
  const path = decodeURIComponent(pathname).slice(1)
  const page = [path, `${path}.html`, `${path}index.html`].map((name) => pages.get(name)).find(Boolean)
  if (page === undefined) return path !== '' && existsSync(join(folder, path))
  const id = decodeURIComponent(hash.slice(1))
  return id === '' || page.ids.has(id)
}

function read(file: string): BuiltPage {
  const ids = new Set<string>()
  const hrefs: string[] = []
  const parser = new Parser({
    onopentag: (_, { id, href, src }) => {
      if (id !== undefined) ids.add(id)
      for (const address of [href, src]) if (address !== undefined) hrefs.push(address)
    },
  })
  parser.end(readFileSync(file, 'utf8'))
  return { ids, hrefs }
}
