// Every test that docs/promises.md names exists, under that title.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = 'docs/promises.md'

/** Where the tests of each word before the slash stand. */
const places = {
  api: (name) => [`packages/api/test/${name}.test.ts`, `packages/api/test/${name}.test-d.ts`],
  engine: (name) => [`packages/engine/test/${name}.test.ts`],
  conformance: (name) => [`packages/engine/src/conformance/cases/${name}.ts`],
  http: (name) =>
    ['test', 'test/suite'].flatMap((folder) => [
      `packages/http-adapters/${folder}/${name}.test.ts`,
      `packages/http-adapters/${folder}/${name}.ts`,
    ]),
  monitor: (name) => [`packages/monitor/test/${name}.test.ts`],
  workflow: (name) => [`packages/workflow/test/${name}.test.ts`, `packages/workflow/test/${name}.test-d.ts`],
  dashboard: (name) => [`apps/dashboard/test/${name}.test.ts`],
  docs: (name) => [`apps/docs/test/${name}.test.ts`],
  demo: (name) => [`apps/demo/test/${name}.test.ts`],
}

export function checkPromises(root) {
  const page = join(root, PAGE)
  if (!existsSync(page)) return [`${PAGE}: there is no such page`]
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^\| S\d/.test(line))
  if (rows.length === 0) return [`${PAGE}: it lists no promises`]
  return rows.flatMap((row) => problemsOf(root, row))
}

function problemsOf(root, row) {
  const cells = row.split('|')
  const promise = cells[1].trim().slice(0, 40)
  const shown = cells.slice(3).join('|')
  const titles = [...shown.matchAll(/(?:(\w+)\/([\w/-]+) )?"([^"]+)"/g)]
  if (titles.length === 0) return [`${PAGE}: ${promise}: no test is named`]
  let text = ''
  return titles.flatMap(([, place, name, title]) => {
    if (place !== undefined) text = textOf(root, place, name)
    return text.includes(title) ? [] : [`${PAGE}: ${promise}: no test "${title}"`]
  })
}

/** The tests at that place; nothing when there is no such file, so that no title is found in it. */
function textOf(root, place, name) {
  const paths = places[place]?.(name).map((path) => join(root, path)) ?? []
  return paths
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8').replaceAll("\\'", "'"))
    .join('\n')
}
