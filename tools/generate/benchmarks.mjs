// Writes docs/benchmarks.md, the pages below it, their charts and the table of the README from the results that are kept in
// docs/benchmarks/results.json: those of the last run that was published.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadSource } from './load-source.mjs'

const { pagesOf } = await loadSource('apps/bench/src/report/pages.ts')

const report = JSON.parse(readFileSync('docs/benchmarks/results.json', 'utf8'))
for (const [name, text] of Object.entries(await pagesOf(report, readFileSync('README.md', 'utf8')))) {
  mkdirSync(dirname(name), { recursive: true })
  writeFileSync(name, text)
}
