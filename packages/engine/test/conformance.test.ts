// The suite on both local engines, and the suite on trial: whether it notices defects, and how it treats skips.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNativeEngine, createTypeScriptEngine } from '@catzilla/engine'
import type { EngineCapabilities } from '@catzilla/engine'
import { conformanceCases, conformanceReport, describeEngine, runConformanceCase } from '@catzilla/engine/conformance'
import type { ConformanceOptions, ConformanceRun, EngineFactory } from '@catzilla/engine/conformance'
import { ReadyQueue } from '../src/typescript/ready-queue.ts'
import { changed, defects } from './conformance/defects.ts'
import { nativeMissing } from './native/native-core.ts'

/** A tool of the repository, not a part of the package. */
const tool = pathToFileURL(join(import.meta.dirname, '../../../tools/conformance/keep.mjs')).href
const { keepRun } = (await import(tool)) as { readonly keepRun: (run: ConformanceRun) => void }

const local = { runner: { describe, it }, deadlineMs: 50_000, report: keepRun }
describeEngine('typescript', createTypeScriptEngine, local)

describe.skipIf(nativeMissing !== undefined)('where there is a compiled engine', () => {
  const factory = nativeMissing === undefined ? createNativeEngine : createTypeScriptEngine
  describeEngine('native', factory, local)
})

const { capabilities } = createTypeScriptEngine()

interface Declared {
  readonly name: string
  readonly skipped: boolean
  readonly run: () => Promise<void>
}

/** The tests that the suite declares to a runner that only writes them down. */
async function declared(factory: EngineFactory, options: ConformanceOptions = {}): Promise<Declared[]> {
  const tests: Declared[] = []
  const pending: unknown[] = []
  const note =
    (skipped: boolean) =>
    (name: string, run: () => Promise<void>): void =>
      void tests.push({ name, skipped, run })
  const fakeIt = Object.assign(note(false), { skip: note(true) })
  describeEngine('written down', factory, {
    ...options,
    runner: { describe: (_, body) => void pending.push(body()), it: fakeIt },
  })
  await Promise.all(pending)
  return tests
}

function find(tests: readonly Declared[], name: string): Declared {
  const found = tests.find((each) => each.name.startsWith(name))
  if (found === undefined) throw new Error(`no test is called ${name}`)
  return found
}

const firstCase = conformanceCases[0]?.name ?? ''

describe('the list of cases', () => {
  it('has at least 140 cases with names of their own', () => {
    const names = conformanceCases.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(140)
  })

  it('tests every capability', () => {
    const named = conformanceCases.map(({ name, needs }) => [name, ...needs].join(' ')).join(' ')
    expect(Object.keys(capabilities).filter((capability) => !named.includes(capability))).toEqual([])
  })
})

describe('the report', () => {
  it('counts what is run, what is not applicable and what is skipped', () => {
    const report = conformanceReport('typescript', capabilities)
    console.log(report.text)
    const { total: all, notApplicable: others } = report
    expect(new Set(others.map(({ lacks }) => lacks))).toEqual(new Set(['nativeLane']))
    const counts = `${all - others.length} run, ${others.length} not applicable, 0 skipped`
    expect(report.text).toBe(`conformance typescript: ${all} cases: ${counts}`)

    const poorer: EngineCapabilities = { ...capabilities, virtualClock: false, scalesInline: false }
    const skip = [{ case: firstCase, reason: 'for the count' }]
    const { total, run, notApplicable, skipped } = conformanceReport('poorer', poorer, skip)
    expect(skipped).toEqual(skip)
    expect(notApplicable.length).toBeGreaterThan(20)
    expect(new Set(notApplicable.map(({ lacks }) => lacks))).toEqual(
      new Set(['virtualClock', 'scalesInline', 'nativeLane']),
    )
    expect(run + notApplicable.length + skipped.length).toBe(total)
  })

  it('is the name of the last test', async () => {
    const tests = await declared(createTypeScriptEngine)
    expect(tests.at(-1)?.name).toMatch(/^conformance written down: \d+ cases: \d+ run, \d+ not applicable, 0 skipped$/)
    expect(tests.length).toBe(conformanceCases.length + 1)
  })
})

describe('the run', () => {
  it('is told at the end: what passed, failed, was excused, and was not applicable', async () => {
    const { factory, fails } = defects['doubles each pause whatever was asked for'] ?? { factory: undefined, fails: [] }
    const [known = '', broken = ''] = fails
    const skip = [{ case: known, reason: 'known since spring' }]
    const runs: ConformanceRun[] = []
    const tests = await declared(factory ?? createTypeScriptEngine, { skip, report: (run) => void runs.push(run) })
    await find(tests, firstCase).run()
    await find(tests, known).run()
    await expect(find(tests, broken).run()).rejects.toThrow(Error)
    await tests.at(-1)?.run()
    const { notApplicable } = conformanceReport('', capabilities)
    const ends = { passed: [firstCase], failed: [broken], excused: skip, notApplicable }
    expect(runs).toEqual([{ name: 'written down', capabilities, ...ends }])
  })

  it('fails the suite when whoever is told of it does not agree', async () => {
    const report = (): never => {
      throw new Error('it was better last week')
    }
    const tests = await declared(createTypeScriptEngine, { report })
    await expect(tests.at(-1)?.run()).rejects.toThrow('it was better last week')
  })
})

describe('the suite notices an engine that', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  for (const [defect, { factory, fails }] of Object.entries(defects)) {
    it.each(fails)(`${defect}: %s`, async (name) => {
      await runConformanceCase(name, createTypeScriptEngine)
      await expect(runConformanceCase(name, factory, 400)).rejects.toThrow(name)
    })
  }

  it('has no starvation guard', async () => {
    const name = 'a class past its target gets at least one in every 16 starts'
    await runConformanceCase(name, createTypeScriptEngine)
    vi.spyOn(ReadyQueue.prototype, 'countStart').mockImplementation(() => {})
    await expect(runConformanceCase(name, createTypeScriptEngine)).rejects.toThrow(name)
  })

  it('leaves timers behind', async () => {
    const timers: NodeJS.Timeout[] = []
    const leaky = changed((engine) => ({
      start: () => {
        // many, since timers of the test runner that end meanwhile make up for as many
        for (let n = 0; n < 20; n++) timers.push(setInterval(() => {}, 1e6))
        return engine.start()
      },
    }))
    await expect(runConformanceCase('falsy results stay what they are', leaky)).rejects.toThrow(
      /\d+ timers .* left behind/,
    )
    for (const timer of timers) clearInterval(timer)
  })

  it('leaves an alarm of its clock behind', async () => {
    const leaky: EngineFactory = (options) => {
      options.clock?.setAlarm(1e6, () => {})
      return createTypeScriptEngine(options)
    }
    await expect(runConformanceCase('falsy results stay what they are', leaky)).rejects.toThrow(/alarms .* left set/)
  })
})

describe('cases that do not apply', () => {
  it('are not run, and their names say which capability is missing', async () => {
    const factory = changed((engine) => ({ capabilities: { ...engine.capabilities, virtualClock: false } }))
    const test = find(await declared(factory), 'a delay beyond 2^31 ms is kept')
    expect(test).toMatchObject({ skipped: true, name: 'a delay beyond 2^31 ms is kept (not applicable: virtualClock)' })
  })

  it('are known also when the factory is asynchronous', async () => {
    const factory: EngineFactory = async (options) => createTypeScriptEngine(options)
    const tests = await declared(factory)
    expect(tests.length).toBe(conformanceCases.length + 1)
    await tests.at(-1)?.run()
  })

  it('cannot be run by name', async () => {
    const factory = changed((engine) => ({ capabilities: { ...engine.capabilities, virtualClock: false } }))
    const run = runConformanceCase('a delay beyond 2^31 ms is kept', factory)
    await expect(run).rejects.toThrow(/not applicable: virtualClock/)
  })
})

describe('a skip', () => {
  const skipped = 'with maxRetries 0 a failing body runs once'
  const skip = [{ case: skipped, reason: 'known since spring' }]

  it('passes while the case fails, and shows its reason', async () => {
    const factory = defects['always retries three times']?.factory ?? createTypeScriptEngine
    const test = find(await declared(factory, { skip }), skipped)
    expect(test).toMatchObject({ skipped: false, name: `${skipped} (skipped: known since spring)` })
    await test.run()
  })

  it('fails when the case passes', async () => {
    const test = find(await declared(createTypeScriptEngine, { skip }), skipped)
    await expect(test.run()).rejects.toThrow('skipped case passes now: remove the skip')
  })

  it('that names no case is refused', () => {
    const typo = [{ case: skipped.replace('body', 'bdy'), reason: 'a typo' }]
    const declare = (): void => describeEngine('x', createTypeScriptEngine, { skip: typo, runner: { describe, it } })
    expect(declare).toThrow(/there is no case "with maxRetries 0 a failing bdy runs once".*did you mean.*body/)
  })

  it('without a reason is refused', () => {
    const bare = [{ case: skipped, reason: ' ' }]
    const declare = (): void => describeEngine('x', createTypeScriptEngine, { skip: bare, runner: { describe, it } })
    expect(declare).toThrow(/give a reason for skipping "with maxRetries 0/)
  })
})

describe('without a runner of its own', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('the suite takes the global one', () => {
    const names: string[] = []
    vi.stubGlobal('describe', (name: string) => void names.push(name))
    vi.stubGlobal(
      'it',
      Object.assign(() => {}, { skip: () => {} }),
    )
    describeEngine('global', createTypeScriptEngine)
    expect(names).toEqual(['conformance of global'])
  })
})
