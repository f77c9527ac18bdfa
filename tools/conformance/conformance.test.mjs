// What is published of the conformance of the engines: only whole runs without failures, and every later run is held to it.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keepRun, published } from './keep.mjs'
import { engines, gathered } from './publish.mjs'

const when = { on: '2030-01-01', node: 'v20.0.0' }
const capabilities = { inlineLane: true, nativeLane: false }

/** A run of a suite of four cases. */
function runOf(name, changes = {}) {
  const excused = [{ case: 'c', reason: 'known since spring' }]
  const notApplicable = [{ case: 'd', lacks: 'nativeLane' }]
  return { name, capabilities, passed: ['a', 'b'], failed: [], excused, notApplicable, ...changes }
}

const runs = (changes = {}) => engines.map((name) => runOf(name, name === 'native' ? changes : {}))

function emptyFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-conformance-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('the runs of all engines are published, in their order, with what they were excused from', () => {
  const report = gathered(runs().toReversed(), when)
  expect(report).toMatchObject({ ...when, cases: 4 })
  expect(report.engines.map(({ name, passed }) => [name, passed])).toEqual(engines.map((name) => [name, 2]))
  expect(report.engines[0]).toMatchObject({ capabilities, excused: [{ case: 'c' }], notApplicable: [{ case: 'd' }] })
})

test('nothing is published where an engine is missing, fails, or was not asked everything', () => {
  expect(() => gathered(runs().slice(1), when)).toThrow('the suite was not run on typescript')
  expect(() => gathered(runs({ passed: ['a'], failed: ['b'] }), when)).toThrow('native fails: b')
  expect(() => gathered(runs({ passed: ['a'] }), when)).toThrow('native was not asked: b')
})

test('a run is kept where it is gathered', () => {
  const folder = join(emptyFolder(), 'new')
  keepRun(runOf('bullmq on redis'), folder)
  expect(readdirSync(folder)).toEqual(['bullmq-on-redis.json'])
  expect(JSON.parse(readFileSync(join(folder, 'bullmq-on-redis.json'), 'utf8'))).toEqual(runOf('bullmq on redis'))
})

test('any other run is held to what was published of its engine', () => {
  const file = join(emptyFolder(), 'conformance.json')
  keepRun(runOf('native'), undefined, file) // nothing is published yet
  writeFileSync(file, JSON.stringify(gathered(runs(), when)))
  keepRun(runOf('native'), undefined, file)
  keepRun(runOf('native', { passed: ['a'] }), undefined, file) // by a filter
  const more = { ...capabilities, nativeLane: true }
  expect(() => keepRun(runOf('native', { capabilities: more }), undefined, file)).toThrow(/run "npm run conformance"/)
  expect(() => keepRun(runOf('native', { notApplicable: [] }), undefined, file)).toThrow(/says something else/)
  expect(() => keepRun(runOf('a new engine'), undefined, file)).toThrow(/says something else/)
})

test('what stands in docs/ is of every engine, and nothing failed', () => {
  const report = JSON.parse(readFileSync(published, 'utf8'))
  expect(report.engines.map(({ name }) => name)).toEqual(engines)
  for (const { passed, excused, notApplicable } of report.engines)
    expect(passed + excused.length + notApplicable.length).toBe(report.cases)
})
