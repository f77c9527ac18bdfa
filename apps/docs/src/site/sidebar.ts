// The sidebar, from the table of contents.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefaultTheme } from 'vitepress'
import { readPage } from '../page.ts'
import { pageOf } from './addresses.ts'
import { chapters } from './contents.ts'
import { pagesFolder } from './gather.ts'

type Item = DefaultTheme.SidebarItem

export function sidebar(): Item[] {
  const named = new Set(chapters.flatMap((chapter) => chapter.documents))
  const isDecision = (path: string): boolean => path.startsWith('docs/decisions/')
  const decisions = [...pageOf.keys()].filter(isDecision)
  const others = [...pageOf.keys()].filter((path) => !named.has(path) && !isDecision(path))
  return [
    ...chapters.map(({ title, documents, collapsed }) => ({
      text: title,
      items: documents.flatMap(itemsOf),
      ...(collapsed === undefined ? {} : { collapsed }),
    })),
    ...(others.length === 0 ? [] : [{ text: 'More', items: others.flatMap(itemsOf) }]),
    { text: 'Decisions', collapsed: true, items: decisions.flatMap(itemsOf) },
  ]
}

function itemsOf(path: string): Item[] {
  if (path === 'reference/') return reference()
  const page = pageOf.get(path)
  if (page === undefined) throw new Error(`the table of contents names ${path}, which is not there`)
  return [{ text: readPage(path).title, link: `/${page.replace(/(index)?\.md$/, '')}` }]
}

/** The sidebar that was written with the API reference. */
function reference(): Item[] {
  const file = join(pagesFolder, 'reference/typedoc-sidebar.json')
  if (!existsSync(file)) return []
  const items = JSON.parse(readFileSync(file, 'utf8')) as Item[]
  return [{ text: 'API', link: '/reference/', collapsed: true, items }]
}
