// The door of the suite: declares one test per case to whatever test runner there is.
import assert from 'node:assert/strict'
import type { EngineCapabilities } from '../contract/capabilities.ts'
import { ConfigurationError, describeValue, toError } from '../contract/errors.ts'
import type { TaskEngine } from '../contract/task-engine.ts'
import { nearest } from '../options/check.ts'
import { behaviours } from './behaviours.ts'
import { lacking, probeCapabilities, runCase } from './conformance-case.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { CaseEnds } from './conformance-run.ts'
import type { ConformanceRun } from './conformance-run.ts'
import type { EngineFactory } from './harness.ts'
import { conformanceReport } from './report.ts'

/** What the suite asks of a test runner: vitest, jest, mocha and node:test all have it. */
export interface TestRunner {
  describe(name: string, body: () => void | Promise<void>): unknown
  it: TestDeclaration & { readonly skip: TestDeclaration }
}
export type TestDeclaration = (name: string, body: () => Promise<void>) => unknown

export interface ConformanceSkip {
  /** Name of the case. */
  readonly case: string
  readonly reason: string
}

export interface ConformanceOptions {
  /** Cases that are known to fail. They run all the same, and one that passes fails the suite: remove its skip then. */
  readonly skip?: readonly ConformanceSkip[]
  /** By default the global `describe` and `it`, else those of node:test. */
  readonly runner?: TestRunner
  /** Longest time for one case; keep it below the limit of the runner. 4500 by default. */
  readonly deadlineMs?: number
  /** Told at the end what was found. What it throws fails the suite. */
  readonly report?: (run: ConformanceRun) => void
}

/**
 * Declares the conformance suite for an engine.
 * @param factory gives a fresh engine each time, not yet started; engines of one factory must not share tasks
 * @throws ConfigurationError when a skip names no case or gives no reason
 * @example
 * describeEngine('my engine', (options) => new MyEngine(options))
 */
export function describeEngine(name: string, factory: EngineFactory, options: ConformanceOptions = {}): void {
  checkSkips(options.skip ?? [])
  const runner = options.runner ?? findRunner()
  const probe = factory({})
  runner.describe(`conformance of ${name}`, () => {
    if (probe instanceof Promise) return probe.then((engine) => declareAll(name, factory, options, runner, engine))
    return declareAll(name, factory, options, runner, probe)
  })
}

function declareAll(
  name: string,
  factory: EngineFactory,
  { skip = [], deadlineMs = 4500, report }: ConformanceOptions,
  runner: TestRunner,
  probe: TaskEngine,
): void {
  const { capabilities } = probe
  const ends = new CaseEnds()
  for (const { behaviour, cases } of behaviours) {
    runner.describe(behaviour, () => {
      for (const each of cases)
        declare(each, skip, capabilities, runner, ends, () => runCase(each, factory, capabilities, deadlineMs))
    })
  }
  // last, and also where the probe is put away: its line is the report
  const { text, notApplicable, skipped } = conformanceReport(name, capabilities, skip)
  runner.it(text, async () => {
    await probe.stop({ waitForCompletion: false, timeoutMs: 0 })
    const well = new Set(ends.ended(false))
    const excused = skipped.filter((each) => well.has(each.case))
    for (const each of excused) well.delete(each.case)
    report?.({ name, capabilities, passed: [...well], failed: ends.ended(true), excused, notApplicable })
  })
}

function declare(
  each: ConformanceCase,
  skips: readonly ConformanceSkip[],
  capabilities: EngineCapabilities,
  { it }: TestRunner,
  ends: CaseEnds,
  run: () => Promise<void>,
): void {
  const missing = lacking(each, capabilities)
  const skip = skips.find((candidate) => candidate.case === each.name)
  if (missing !== undefined) it.skip(`${each.name} (not applicable: ${missing})`, run)
  else if (skip !== undefined)
    it(
      `${each.name} (skipped: ${skip.reason})`,
      ends.noted(each.name, () => expectFailure(run)),
    )
  else it(each.name, ends.noted(each.name, run))
}

async function expectFailure(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch {
    return
  }
  assert.fail('skipped case passes now: remove the skip')
}

function checkSkips(skips: readonly ConformanceSkip[]): void {
  const names = behaviours.flatMap(({ cases }) => cases.map((each) => each.name))
  for (const skip of skips) {
    if (!names.includes(skip.case)) {
      const near = nearest(skip.case, names)
      const hint = near === undefined ? 'conformanceCases lists all' : `did you mean ${describeValue(near)}?`
      throw new ConfigurationError(`skip: there is no case ${describeValue(skip.case)}; ${hint}`)
    }
    if (typeof skip.reason !== 'string' || skip.reason.trim() === '') {
      throw new ConfigurationError(
        `skip: give a reason for skipping ${describeValue(skip.case)}, got ${describeValue(skip.reason)}`,
      )
    }
  }
}

function findRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>
  if (typeof describe === 'function' && typeof it === 'function') return { describe, it }
  const { describe: declareSuite, it: declareTest } = process.getBuiltinModule('node:test')
  return { describe: (name, body) => declareSuite(name, body), it: declareTest }
}

/**
 * Runs a single case outside of any test runner; rejects when it fails.
 * @throws ConfigurationError when there is no such case, or it is not applicable to the engine
 */
export async function runConformanceCase(caseName: string, factory: EngineFactory, deadlineMs = 4500): Promise<void> {
  checkSkips([{ case: caseName, reason: 'looked up' }])
  const each = behaviours.flatMap(({ cases }) => cases).find((candidate) => candidate.name === caseName)
  const capabilities = await probeCapabilities(factory)
  const missing = each === undefined ? undefined : lacking(each, capabilities)
  if (missing !== undefined) throw new ConfigurationError(`${describeValue(caseName)} is not applicable: ${missing}`)
  try {
    if (each !== undefined) await runCase(each, factory, capabilities, deadlineMs)
  } catch (thrown) {
    throw new Error(`${caseName}: ${toError(thrown).message}`, { cause: thrown })
  }
}
