// What the suite found of an engine, told by its tests: kept where `npm run conformance` gathers it, else held against what was
// published of that engine.
import { deepStrictEqual } from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What was found of all engines; docs/capabilities.generated.md is made of it. */
export const published = join(import.meta.dirname, '../../docs/conformance.json')

/** @typedef {import('@catzilla/engine/conformance').ConformanceRun} ConformanceRun */

/**
 * @param {ConformanceRun} run
 * @throws AssertionError when it is not what was published
 */
export function keepRun(run, folder = process.env.CATZILLA_CONFORMANCE, file = published) {
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${run.name.replaceAll(/\W+/g, '-')}.json`), JSON.stringify(run))
  } else if (existsSync(file)) {
    const { engines } = JSON.parse(readFileSync(file, 'utf8'))
    // cases that were not run, by a filter, are no difference, and one that fails says so itself
    deepStrictEqual(
      claimsOf(run),
      claimsOf(engines.find(({ name }) => name === run.name) ?? {}),
      'docs/conformance.json says something else of this engine: run "npm run conformance"',
    )
  }
}

function claimsOf({ capabilities = {}, notApplicable = [] }) {
  return { capabilities: { ...capabilities }, notApplicable }
}
