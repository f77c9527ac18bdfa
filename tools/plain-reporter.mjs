// A vitest reporter of one line, `vitest: N passed, N failed, N skipped`. With CATZILLA_COUNTS it also adds the three
// numbers to that file.
import { addCounts, showCounts } from './counts.mjs'

export default class PlainReporter {
  onTestRunEnd(modules, unhandledErrors = []) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
    }
    // A file that could not be loaded has no tests to count, yet it failed.
    const broken = modules.filter((module) => module.errors().length > 0).length
    const counts = { ...count, failed: count.failed + count.pending + broken + unhandledErrors.length }
    console.log(`vitest: ${showCounts(counts)}`)
    const file = process.env.CATZILLA_COUNTS
    if (file) addCounts(file, counts)
  }
}
