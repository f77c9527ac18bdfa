// Links: between the documents in the repository, and the checks themselves.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { documents } from '../src/documents.ts'
import { readPage } from '../src/page.ts'
import { hrefOnSite, pageOf } from '../src/site/addresses.ts'
import { chapters } from '../src/site/contents.ts'
import { deadLinks } from '../src/site/dead-links.ts'
import { deadSourceLinks } from '../src/source-links.ts'

const pages = documents().map((path) => readPage(path))

test('every link between documents leads to a file that is there, and to a heading of it', () => {
  expect(deadSourceLinks(pages)).toEqual([])
  expect(pages.flatMap(({ links }) => links).length).toBeGreaterThan(100)
})

test('a link to a file or a heading that is not there is noticed, with its line', () => {
  const text =
    '# A page\n\n[here](#a-page) [there](lanes.md#no-such-heading)\n\n[gone](gone.md) [far](https://example.org)\n'
  expect(deadSourceLinks([readPage('docs/planted.md', text)])).toEqual([
    'docs/planted.md:3: lanes.md#no-such-heading',
    'docs/planted.md:5: gone.md',
  ])
})

test('links are turned into those of the site', () => {
  expect(hrefOnSite('docs/http.md', 'lanes.md#limits')).toBe('/lanes#limits')
  expect(hrefOnSite('docs/http.md', '../packages/monitor/README.md')).toBe('/packages/monitor')
  expect(hrefOnSite('README.md', 'packages/api')).toBe('/packages/api')
  expect(hrefOnSite('docs/http.md', '../README.md')).toBe('/')
  expect(hrefOnSite('docs/http.md', 'options.generated.md')).toBe('/options')
  expect(hrefOnSite('docs/http.md', 'https://example.org')).toBe('https://example.org')
  expect(hrefOnSite('docs/http.md', '../package.json')).toBeUndefined()
})

test('the table of contents names documents that are there, each once', () => {
  const named = chapters.flatMap((chapter) => chapter.documents).filter((path) => path !== 'reference/')
  expect(named.filter((path) => !pageOf.has(path))).toEqual([])
  expect(new Set(named).size).toBe(named.length)
})

test('the five pages of the learning path come first, in their order, and lead on to each other', () => {
  const path = ['basic-usage', 'priority-scheduling', 'monitoring', 'c-compilation', 'production'].map(
    (name) => `docs/${name}.md`,
  )
  expect(chapters[0]?.documents.slice(1)).toEqual(path)
  const leadsTo = (from: string): string[] => readPage(from).links.map(({ href }) => `docs/${href}`)
  expect(leadsTo('docs/README.md')).toEqual(expect.arrayContaining(path))
  path.slice(1).forEach((next, index) => expect(leadsTo(path[index] ?? '').at(-1)).toBe(next))
})

test('a link of the site to a page or an id that is not there is noticed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'catzilla-docs-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'sub'))
  const links = ['/sub/b', 'sub/b#there', 'sub/b#gone', '/nowhere', '/', '#top', 'https://example.org/x', '/look.css']
  const html = links.map((href) => `<a id="top" href="${href}">x</a>`).join('')
  await writeFile(join(folder, 'index.html'), html)
  await writeFile(join(folder, 'sub/b.html'), '<h1 id="there"><a href="../index">back</a></h1>')
  await writeFile(join(folder, 'look.css'), '')
  expect(deadLinks(folder)).toEqual(['index.html: sub/b#gone', 'index.html: /nowhere'])
})
