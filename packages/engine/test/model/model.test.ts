// Random sequences of commands against the plain model of tasks. `CATZILLA_SEED` repeats a run, `CATZILLA_RUNS` says how
// many sequences are tried.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ModelRun } from './model-run.ts'
import type { Command } from './model-run.ts'

const seed = Number(process.env['CATZILLA_SEED'] ?? Date.now() % 2 ** 31)
const numRuns = Number(process.env['CATZILLA_RUNS'] ?? 150)

const index = fc.nat({ max: 30 })
const name = fc.constantFrom('a' as const, 'b' as const, 'narrow' as const)

/** `usual` three times out of four. */
function mostly<T, U>(usual: T, rest: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: rest })
}

const script = fc.record({
  name,
  priority: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
  delayMs: mostly(0, fc.integer({ min: 1, max: 60 })),
  maxRetries: fc.nat({ max: 3 }),
  retryDelayMs: fc.integer({ min: 1, max: 40 }),
  failures: fc.nat({ max: 4 }),
  blocks: fc.boolean(),
  expireAfterMs: mostly(
    undefined,
    fc.integer({ min: 1, max: 80 }).map((ms) => ms + 0.25),
  ),
  timeoutMs: mostly(
    Infinity,
    fc.integer({ min: 1, max: 80 }).map((ms) => ms + 0.125),
  ),
})

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('submit' as const), script }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('submitMany' as const), script, count: fc.integer({ min: 0, max: 20 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), index }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('release' as const), index, worked: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 500, max: 2000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), name: fc.option(name, { nil: undefined }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('resume' as const), name: fc.option(name, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('scale' as const), slots: fc.integer({ min: 1, max: 5 }) }) },
)

const stop = fc.record({ waitForCompletion: fc.boolean(), timeoutMs: fc.nat({ max: 100 }).map((ms) => ms + 0.5) })

describe('the typescript engine against the model', () => {
  it(`does what the model does (seed ${seed}, ${numRuns} runs)`, { timeout: 60_000 + numRuns * 200 }, async () => {
    let commands = 0
    let starts = 0
    const property = fc.asyncProperty(
      fc.array(command, { maxLength: 60, size: 'max' }),
      stop,
      async (list, options) => {
        const run = await ModelRun.begin()
        for (const each of list) await run.perform(each)
        await run.stop(options)
        commands += list.length
        starts += run.starts
      },
    )
    await fc.assert(property, { seed, numRuns })
    expect(starts).toBeGreaterThan(0)
    console.log(`model test: seed ${seed}, ${numRuns} runs, ${commands} commands, ${starts} starts compared`)
  })

  it('notices when the engine does something else', async () => {
    const run = await ModelRun.begin()
    const plain = {
      name: 'a',
      delayMs: 0,
      maxRetries: 0,
      retryDelayMs: 1,
      failures: 0,
      blocks: false,
      expireAfterMs: undefined,
      timeoutMs: 1000,
    } as const
    await run.perform({ do: 'pause', name: undefined })
    await run.perform({ do: 'submit', script: { ...plain, priority: 3 } })
    // the model is told of a more urgent task than the engine
    run.model.submit({ ...plain, priority: 0 })
    await expect(run.perform({ do: 'resume', name: undefined })).rejects.toThrow(assert.AssertionError)
  })
})
