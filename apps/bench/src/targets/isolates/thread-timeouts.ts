// Bodies that never end, on one thread: how long after their deadline the task is told of it, and how long until the thread
// that takes its place has begun the next task.
import { createTasks } from '@catzilla/api'
import { percentile } from '../../measure.ts'
import { formatFigure } from '../../section.ts'
import type { SectionInput, Table, Verdict } from '../../section.ts'
import { nativeLane, ourLanes, typescriptLane } from './thread-contenders.ts'
import type { ThreadSetup } from './thread-contenders.ts'

const TIMEOUT_MS = 100
/** The target for both, for the slowest of all. */
const MOST_MS = 100
const engines = { [nativeLane]: 'native', [typescriptLane]: 'typescript' } as const

interface Replacement {
  readonly toldMs: number
  readonly begunMs: number
}

export async function measureTimeouts(
  setups: ReadonlyMap<string, ThreadSetup>,
  { quick }: SectionInput,
): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
  const samples = new Map<string, Replacement[]>()
  for (const name of ourLanes)
    if (setups.has(name)) samples.set(name, await replacements(engines[name], quick ? 3 : 25))
  const figuresOf = (name: string, of: keyof Replacement): number[] => (samples.get(name) ?? []).map((each) => each[of])
  const columnsOf = (name: string, of: keyof Replacement): string[] => {
    const figures = figuresOf(name, of)
    return [formatFigure(percentile(figures, 0.5)), formatFigure(Math.max(...figures))]
  }
  return {
    tables: [
      {
        title: `ms after the deadline of a body that never ends (timeoutMs: ${TIMEOUT_MS}), on one thread`,
        columns: ['', 'its task has failed, p50', 'slowest', 'the next task has begun, p50', 'slowest'],
        rows: [...samples.keys()].map((name) => [name, ...columnsOf(name, 'toldMs'), ...columnsOf(name, 'begunMs')]),
        note: 'The body is told by its AbortSignal first, which one that never gives way cannot see; then the thread is ended, and another one started.',
      },
    ],
    verdicts: [...samples.keys()].map((name) => {
      const slowest = Math.max(...figuresOf(name, 'begunMs'))
      return {
        target: `${name}, a hard timeout: ended and replaced ≤ ${MOST_MS} ms after its deadline, the slowest`,
        measured: `${formatFigure(slowest)} ms (p50 ${formatFigure(percentile(figuresOf(name, 'begunMs'), 0.5))})`,
        met: slowest <= MOST_MS,
      }
    }),
  }
}

async function replacements(engine: 'native' | 'typescript', times: number): Promise<Replacement[]> {
  const tasks = createTasks({ engine, minThreads: 1, maxThreads: 1 })
  const shared = new Float64Array(new SharedArrayBuffer(8))
  const where = { lane: 'thread', compile: false, maxRetries: 0 } as const
  const endless = tasks.task({ name: 'endless', ...where, timeoutMs: TIMEOUT_MS }, (began: Float64Array) => {
    began[0] = performance.timeOrigin + performance.now()
    for (;;);
  })
  const clock = tasks.task({ name: 'clock', ...where }, () => performance.timeOrigin + performance.now())
  await clock.delay().wait()
  const found: Replacement[] = []
  for (let time = 0; time < times; time++) {
    const stuck = endless.delay(shared)
    const next = clock.delay()
    const told = await stuck.wait().then(
      () => Promise.reject(new Error('a body that never ends has ended')),
      () => performance.timeOrigin + performance.now(),
    )
    const deadline = (shared[0] ?? Number.NaN) + TIMEOUT_MS
    found.push({ toldMs: told - deadline, begunMs: (await next.wait()) - deadline })
  }
  await tasks.shutdown()
  return found
}
