// Random graphs of numbers, run twice: once with bodies that C runs, once with the same bodies in JavaScript. What can be seen of
// both runs is the same.
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workflow } from '../src/index.ts'
import type { Placeholder, Workflow, WorkflowBuilder, WorkflowRun } from '../src/index.ts'
import { untilCompiled } from './compiled-bodies.ts'
import { describeOnNative } from './engines.ts'

/** The tasks of a graph. */
interface Bodies {
  readonly two: Task<[a: number, b: number], number, number>
  readonly one: Task<[n: number], number, number>
  readonly undo: Task<unknown[], number>
}

/** Fails for some numbers; what C cannot do as V8 does it must give up. */
function body(a: number, b: number): number {
  const mixed = Math.sqrt(Math.abs(a * 1.7 - b)) + (a % 5) / 3 - b * 0.25
  if (mixed > 2.98 && mixed < 3.02) throw new RangeError(`no: ${mixed}`)
  return mixed
}

function ofOne(n: number): number {
  const mixed = Math.cbrt(n) - n * 0.3
  if (mixed > 0.49 && mixed < 0.51) throw new RangeError(`not one: ${mixed}`)
  return mixed
}

interface StepSketch {
  readonly kind: 'task' | 'map' | 'when' | 'all' | 'compute' | 'loop' | 'settled'
  readonly uses: readonly [number, number]
  readonly number: number
  readonly policy: 'collect' | 'ignore' | 'fallback' | undefined
  readonly after: number | undefined
  readonly compensates: boolean
}

const stepSketch: fc.Arbitrary<StepSketch> = fc.record({
  kind: fc.constantFrom('task', 'task', 'task', 'task', 'task', 'map', 'when', 'all', 'compute', 'loop', 'settled'),
  uses: fc.tuple(fc.nat(30), fc.nat(30)),
  number: fc.constantFrom(0, -0, 1, 2.5, -7, 1e300, Infinity, Number.NaN, 3, 12),
  policy: fc.constantFrom(undefined, undefined, undefined, 'collect', 'ignore', 'fallback'),
  after: fc.option(fc.nat(30), { nil: undefined }),
  compensates: fc.boolean(),
})

const graphSketch = fc.record({
  steps: fc.array(stepSketch, { minLength: 1, maxLength: 40 }),
  failure: fc.constantFrom('collect' as const, 'ignore' as const),
  concurrency: fc.constantFrom(1, 3, 1024),
})

type Sketch = typeof graphSketch extends fc.Arbitrary<infer S> ? S : never

let made = 0

function flowOf({ steps, failure, concurrency }: Sketch, bodies: Bodies): Workflow<{ x: number }, unknown> {
  return workflow(
    `random ${made++}`,
    (w, input: { x: number }) => {
      const numbers: Placeholder<number>[] = []
      const all: Placeholder<unknown>[] = []
      for (const sketch of steps) {
        const pick = (use: number): Placeholder<number> | number => numbers[use % (numbers.length + 1)] ?? input.x
        const args = [pick(sketch.uses[0]), sketch.uses[1] % 3 === 0 ? sketch.number : pick(sketch.uses[1])] as const
        const added = addStep(w, sketch, bodies, args as never, all)
        all.push(added)
        if (sketch.kind === 'task' || sketch.kind === 'loop') numbers.push(added as Placeholder<number>)
      }
      return all
    },
    { failure, concurrency },
  )
}

function addStep(
  w: WorkflowBuilder,
  { kind, policy, after, compensates, number }: StepSketch,
  { two: of, one, undo }: Bodies,
  args: readonly [number, number],
  all: readonly Placeholder<unknown>[],
): Placeholder<unknown> {
  const failing = policy === 'fallback' ? { fallback: 0.5 } : policy === undefined ? {} : { failure: policy }
  const waits =
    after === undefined || all.length === 0 ? {} : { after: [all[after % all.length] as Placeholder<unknown>] }
  const options = { ...failing, ...waits, ...(compensates ? { compensate: undo as never } : {}) }
  const [a, b] = args
  switch (kind) {
    case 'task':
      return w.step(of, [a, b], options)
    case 'map':
      return w.map([a, b, number, 1, 2, 3, 4], one, { ...(options as object) })
    case 'when':
      return w.when(
        a,
        () => w.step(of, [w.step(of, [a, b]), b], failing),
        () => w.step(of, [b, a]),
      )
    case 'all':
      return w.all([a, b])
    case 'settled':
      return w.settled([w.step(of, [a, b]), w.step(of, [b, number])])
    case 'compute':
      return w.compute([a, b], (left, right) => left - right, failing)
    case 'loop':
      return w.loop(one, a, { ...(options as object), until: (_, round) => round > 1, maxRounds: 5 })
  }
}

/** What can be seen of a run, but for its times. */
async function seenOf(run: WorkflowRun<unknown>, undone: readonly unknown[]): Promise<unknown> {
  // which of several failures comes first is a matter of time; each stands with its step
  const value = await run.wait().catch((error: Error) => error.constructor.name)
  const { steps, status, progress } = run.inspect()
  return {
    value,
    status,
    progress,
    steps: steps.map(({ startedAt, endedAt, durationMs, ...step }) => ({
      ...step,
      times: [startedAt, endedAt, durationMs].map((time) => time === null),
      inOrder: startedAt === null || endedAt === null || startedAt <= endedAt,
    })),
    // undone one by one, in an order that goes by when each completed
    undone: undone.map(String).toSorted(),
  }
}

describeOnNative(() => {
  let tasks: BackgroundTasks
  beforeAll(() => {
    tasks = createTasks({ engine: 'native', workers: 2, taskDefaults: { maxRetries: 0 } })
  })
  afterAll(() => tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 }))

  test('the same comes of a run whether C or JavaScript runs its steps', async () => {
    const undone: unknown[] = []
    const undo = tasks.task({ name: 'undo', compile: false }, (...args: unknown[]) => undone.push(args.join(' ')))
    const inC = { two: tasks.task({ name: 'two' }, body), one: tasks.task({ name: 'one' }, ofOne), undo }
    const inJavaScript = { two: inC.two.with({ compile: false }), one: inC.one.with({ compile: false }), undo }
    await Promise.all([untilCompiled(inC.two, 1, 2), untilCompiled(inC.one, 1)])
    let graphs = 0
    await fc.assert(
      fc.asyncProperty(graphSketch, fc.constantFrom(0, 1, 4.25, -3), async (sketch, x) => {
        const seen: unknown[] = []
        for (const bodies of [inC, inJavaScript]) {
          undone.length = 0
          const run = flowOf(sketch, bodies).execute({ x })
          seen.push(JSON.stringify(await seenOf(run, undone), numbersToo, 1).replaceAll(/'random \d+'/g, 'it'))
          graphs += run.explain().graphs
        }
        expect(seen[0]).toBe(seen[1])
      }),
      { ...seeded, numRuns: 150 },
    )
    expect(graphs).toBeGreaterThan(10)
  })
})

/** JSON that keeps what it has no words for: NaN, the infinities, -0. */
function numbersToo(_: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  return Object.is(value, -0) ? '-0' : String(value)
}
