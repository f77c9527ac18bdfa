// How many tests passed, failed and were skipped. Every runner adds a line of three numbers to the file that
// CATZILLA_COUNTS names; their sum is what `npm test` and .ci/run close with.
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {string} file @param {Counts} counts */
export function addCounts(file, { passed, failed, skipped }) {
  appendFileSync(file, `${passed} ${failed} ${skipped}\n`)
}

/** @param {string} file @returns {Counts} */
export function totalCounts(file) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  if (!existsSync(file)) return total
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [passed, failed, skipped] = line.split(' ').map(Number)
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
  }
  return total
}

/** @param {Counts} counts */
export function showCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/**
 * The counts that ctest left in a build folder; without its report nothing was built, which is one failure.
 * @param {string} buildFolder @returns {Counts}
 */
export function countsOfCtest(buildFolder) {
  const report = join(buildFolder, 'junit.xml')
  const head = existsSync(report) ? /<testsuite\b[^>]*>/s.exec(readFileSync(report, 'utf8'))?.[0] : undefined
  if (head === undefined) return { passed: 0, failed: 1, skipped: 0 }
  const [tests, failed, disabled, skipped] = ['tests', 'failures', 'disabled', 'skipped'].map((name) =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0),
  )
  return { passed: tests - failed - disabled - skipped, failed, skipped: disabled + skipped }
}

/** The tests in C that `npm test` would run: each file of these folders is one. @returns {Counts} */
export function skippedCtests(ctestFolder) {
  const files = ['unit', 'model']
    .map((kind) => join(ctestFolder, kind))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
  return { passed: 0, failed: 0, skipped: files.filter((name) => name.endsWith('.c')).length }
}
