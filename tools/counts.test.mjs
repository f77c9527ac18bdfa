// The sums with which `npm test` and .ci/run close, and what they know of tests in C.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addCounts, countsOfCtest, showCounts, skippedCtests, totalCounts } from './counts.mjs'

let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catzilla counts '))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('runners add up', () => {
  const file = join(folder, 'counts')
  expect(showCounts(totalCounts(file))).toBe('0 passed, 0 failed, 0 skipped')
  addCounts(file, { passed: 3, failed: 1, skipped: 2 })
  addCounts(file, { passed: 40, failed: 0, skipped: 0 })
  expect(showCounts(totalCounts(file))).toBe('43 passed, 1 failed, 2 skipped')
})

describe('tests in C', () => {
  test('are counted from the report of ctest', () => {
    const head = '<?xml version="1.0"?>\n<testsuite name="(empty)"\n\ttests="9"\n\tfailures="2"\n\tdisabled="1"\n'
    writeFileSync(join(folder, 'junit.xml'), `${head}\tskipped="3"\n\thostname=""\n><testcase failures="99"/>`)
    expect(countsOfCtest(folder)).toEqual({ passed: 3, failed: 2, skipped: 4 })
  })

  test('that could not be built are one failure', () => {
    expect(countsOfCtest(folder)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    writeFileSync(join(folder, 'junit.xml'), '')
    expect(countsOfCtest(folder)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  test('are skipped file by file without a compiler', () => {
    for (const kind of ['unit', 'model', 'stress']) {
      mkdirSync(join(folder, kind))
      for (const name of ['a.c', 'b.c', 'b.h']) writeFileSync(join(folder, kind, name), '')
    }
    expect(skippedCtests(folder)).toEqual({ passed: 0, failed: 0, skipped: 4 })
  })
})
