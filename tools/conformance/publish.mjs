// The last step of `npm run conformance`: what the suite found of each engine becomes docs/conformance.json.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { published } from './keep.mjs'

/** The engines of this repository, in the order of the tables. */
export const engines = [
  'typescript',
  'native',
  'durable over typescript',
  'durable over native',
  'bullmq on redis',
  'bullmq on postgres',
]

/** @typedef {import('./keep.mjs').ConformanceRun} ConformanceRun */

/**
 * The runs of all engines as they are published.
 * @param {ConformanceRun[]} runs
 * @param {{ on: string, node: string }} when
 * @throws Error when an engine is missing, or a case has failed or was not run
 */
export function gathered(runs, when) {
  const sorted = engines.map((name) => {
    const run = runs.find((each) => each.name === name)
    if (run === undefined) throw new Error(`the suite was not run on ${name}: what it needs is not on this machine`)
    return run
  })
  const all = new Set(runs.flatMap((run) => casesOf(run)))
  for (const run of sorted) {
    if (run.failed.length > 0) throw new Error(`${run.name} fails: ${run.failed.join('; ')}`)
    const told = new Set(casesOf(run))
    const left = [...all].filter((name) => !told.has(name))
    if (left.length > 0) throw new Error(`${run.name} was not asked: ${left.join('; ')}`)
  }
  return { ...when, cases: all.size, engines: sorted.map(shortened) }
}

/** Names of cases that passed would be hundreds for each engine: the number says as much. */
function shortened({ name, capabilities, passed, excused, notApplicable }) {
  return { name, passed: passed.length, capabilities, excused, notApplicable }
}

function casesOf({ passed, failed, excused, notApplicable }) {
  return [...passed, ...failed, ...[...excused, ...notApplicable].map((each) => each.case)]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder] = process.argv.slice(2)
  const runs = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
  const when = { on: new Date().toISOString().slice(0, 10), node: process.version }
  writeFileSync(published, `${JSON.stringify(gathered(runs, when), undefined, 1)}\n`)
}
