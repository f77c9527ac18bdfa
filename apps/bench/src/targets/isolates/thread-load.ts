// Bodies of a millisecond on two threads: how near they come to what two threads can do, and what the event loop of the
// submitter feels meanwhile.
import { THREADS } from '../../contenders/contender.ts'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { interleave, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatFigure, verify } from '../../section.ts'
import type { SectionInput, Table, Verdict } from '../../section.ts'
import { spin, spinsPerMs } from '../../contenders/bodies.ts'
import { CountingThreads } from '../../contenders/threads/counting-threads.ts'
import { workerFile } from '../../contenders/worker-file.ts'
import { bareThreads, ourLanes, piscinaPool } from './thread-contenders.ts'
import type { ThreadSetup } from './thread-contenders.ts'

/** How often the event loop is looked at. What it shows has this in it, and it is taken off. */
const RESOLUTION_MS = 1
/** For some twelve rounds: what one of them shows varies by a percent, and the target is three. */
const BUDGET_MS = 60_000
const ideal = 'the same body in a loop on each thread'
const bareResults = 'the same, and a bare wake for each result'

interface Load {
  readonly msPerTask: number
  /** 99th percentile of the delay of the event loop. */
  readonly delayMs: number
}

export async function measureLoad(
  setups: ReadonlyMap<string, ThreadSetup>,
  { quick }: SectionInput,
): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
  const tasks = quick ? 100 : 1000
  const turns = spinsPerMs()
  const expected = spin(turns)
  const entrants = [...setups].map(([name, setup]) =>
    contender(name, tasks, async () => {
      const pending = Array.from({ length: tasks }, () => setup.spin(turns))
      for (const result of await Promise.all(pending)) verify('result of a spin', result, expected)
    }),
  )
  const bare = setups.get(bareThreads)
  const counting = new CountingThreads(workerFile('counting-thread'), THREADS, tasks)
  entrants.push(
    contender(bareResults, tasks, async () => {
      for (const result of await counting.spin(turns, tasks)) verify('result of a spin', result, expected)
    }),
  )
  entrants.push(contender(ideal, tasks, () => loopAlone(bare, turns, tasks / THREADS)))
  const samples = await interleave(
    entrants,
    quick ? { rounds: 2, warmUps: 1 } : { rounds: 12, warmUps: 2, budgetMs: BUDGET_MS },
  )
  await counting.close()
  return { tables: [tableOf(tasks, samples)], verdicts: judge(samples) }
}

async function loopAlone(bare: ThreadSetup | undefined, turns: number, count: number): Promise<void> {
  if (bare?.spinTimes === undefined) throw new Error(`${bareThreads} are needed for the ideal`)
  const loops: Promise<number>[] = []
  for (let thread = 0; thread < THREADS; thread++) loops.push(bare.spinTimes(turns, count))
  await Promise.all(loops)
}

function contender(name: string, tasks: number, work: () => Promise<void>): Contender<Load> {
  return {
    name,
    async run() {
      const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
      delays.enable()
      const begunAt = performance.now()
      await work()
      const took = performance.now() - begunAt
      delays.disable()
      return { msPerTask: took / tasks, delayMs: Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION_MS) }
    },
  }
}

function tableOf(tasks: number, samples: ReadonlyMap<string, Load[]>): Table {
  const best = times(samples, ideal)
  return {
    title: `${tasks} tasks of 1 ms of processor time, submitted at once, on ${THREADS} threads`,
    columns: ['', 'ms/task', 'min – max', 'of the ideal time', 'event loop delay p99 ms', 'min – max'],
    rows: [...samples].map(([name, loads]) => {
      const [time, delay] = [summarise(times(samples, name)), summarise(loads.map(({ delayMs }) => delayMs))]
      return [
        name,
        formatFigure(time.median),
        `${formatFigure(time.min)} – ${formatFigure(time.max)}`,
        `${(ratio(times(samples, name), best) * 100).toFixed(1)} %`,
        formatFigure(delay.median),
        `${formatFigure(delay.min)} – ${formatFigure(delay.max)}`,
      ]
    }),
    note: `The ideal is "${ideal}", one message for all of it, in the same round. With "${bareResults}" the threads take numbers off a counter, and the submitter, which shares their processors, is woken (Atomics.waitAsync) and resolves a promise for each: what telling each result takes without a queue. Delays are those of perf_hooks' monitorEventLoopDelay in the submitting thread beyond its resolution of ${RESOLUTION_MS} ms. With as many busy threads as cores, what else the machine does shows in both.`,
  }
}

function times(samples: ReadonlyMap<string, Load[]>, name: string): number[] {
  return (samples.get(name) ?? []).map(({ msPerTask }) => msPerTask)
}

function judge(samples: ReadonlyMap<string, Load[]>): Verdict[] {
  const delayOf = (name: string): number => summarise((samples.get(name) ?? []).map(({ delayMs }) => delayMs)).median
  const bareOver = (ratio(times(samples, bareResults), times(samples, ideal)) - 1) * 100
  return ourLanes
    .filter((name) => samples.has(name))
    .flatMap((name) => {
      const over = (ratio(times(samples, name), times(samples, ideal)) - 1) * 100
      const [own, theirs] = [delayOf(name), delayOf(piscinaPool)]
      return [
        {
          target: `${name}, bodies of 1 ms: within 3 % of the ideal`,
          measured: `${formatFigure(over)} % over it (a bare wake for each result: ${formatFigure(bareOver)} %)`,
          met: over <= 3,
        },
        {
          target: `${name}, event loop delay p99 during it: ≤ half of piscina's`,
          measured: `${formatFigure(own)} ms against ${formatFigure(theirs)} ms`,
          met: own <= theirs / 2,
        },
      ]
    })
}
