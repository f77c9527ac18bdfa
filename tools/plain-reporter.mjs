// A vitest reporter of one line, `vitest: N passed, N failed, N skipped`. With CATZILLA_COUNTS it also writes the three
// numbers into that file, for .ci/run to add to its own.
import { writeFileSync } from 'node:fs'

export default class PlainReporter {
  onTestRunEnd(modules, unhandledErrors = []) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
    }
    // A file that could not be loaded has no tests to count, yet it failed.
    const broken = modules.filter((module) => module.errors().length > 0).length
    const failed = count.failed + count.pending + broken + unhandledErrors.length
    console.log(`vitest: ${count.passed} passed, ${failed} failed, ${count.skipped} skipped`)
    const file = process.env.CATZILLA_COUNTS
    if (file) writeFileSync(file, `${count.passed} ${failed} ${count.skipped}\n`)
  }
}
