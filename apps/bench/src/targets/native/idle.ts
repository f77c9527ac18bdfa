// What an engine costs while nothing is to be done: processor time and wake-ups, without tasks and with 10,000 that are due
// in an hour or later. A process for each row, and one without an engine beside them.
import { setTimeout as sleep } from 'node:timers/promises'
import { collectGarbage, runJob } from '../../child.ts'
import { summarise } from '../../measure.ts'
import { sleepsByThread } from '../../processor-time.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Verdict } from '../../section.ts'
import { createNativeTasks, nativeSection, requireCore } from './core.ts'
import { PortClient } from './port-client.ts'

const rowNames = {
  nothing: 'a process without an engine',
  idle: 'api, native, no tasks',
  timers: 'api, native, far timers',
  portTimers: 'port, no bookkeeping, far timers',
} as const
type RowName = keyof typeof rowNames

interface Row {
  readonly row: RowName
  readonly timers: number
  readonly seconds: number
}

/** By the second. */
export interface IdleCost {
  /** Of one processor, in percent. */
  readonly cpu: number
  /** Of all threads of the process, as the operating system counts sleeps. */
  readonly wakes: number
  /** As the engine counts them; of the bare port only, whose statistics are at hand. */
  readonly engineWakes?: number
}

const HOUR_MS = 3_600_000

export const measureIdle: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'What an idle engine costs',
  async ({ quick }) => {
    const [seconds, timers] = [quick ? 1 : 4, 10_000]
    const measured = new Map<RowName, IdleCost[]>()
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const row of Object.keys(rowNames) as RowName[]) {
        tellProgress(`native:idle: ${rowNames[row]}, ${seconds} s`)
        const cost = await runJob<IdleCost>('native-idle-row', { row, timers, seconds } satisfies Row)
        measured.set(row, [...(measured.get(row) ?? []), cost])
      }
    }
    return {
      tables: [
        {
          title: `Over ${seconds} s of idleness, by the second`,
          columns: ['', '% of one processor', 'wake-ups of all threads', 'wake-ups the engine counts'],
          rows: [...measured].map(([row, costs]) => [
            rowNames[row],
            formatFigure(medianOf(costs, ({ cpu }) => cpu)),
            formatFigure(medianOf(costs, ({ wakes }) => wakes)),
            row === 'portTimers' ? formatFigure(medianOf(costs, ({ engineWakes }) => engineWakes ?? Number.NaN)) : '',
          ]),
          note: `Far timers: ${formatCount(timers)} kernel tasks that are due in one to two hours. The engine counts wakes of workers, of the timer thread and of the event loop.`,
        },
      ],
      verdicts: judge(measured, timers),
    }
  },
)

/** The job of one row. */
export async function measureIdleRow({ row, timers, seconds }: Row): Promise<IdleCost> {
  if (row === 'nothing') return watch(seconds)
  if (row === 'portTimers') return withPort(timers, seconds)
  const tasks = await createNativeTasks()
  const add = tasks.kernel('add')
  verify('result', await add.delay(1, 2).wait(), 3)
  const far = row === 'timers' ? timers : 0
  for (let index = 0; index < far; index++) add.with({ delayMs: HOUR_MS + index * 360 }).delay(index, 1)
  const cost = await watch(seconds)
  verify('scheduled tasks', tasks.getStats().scheduledTasks, far)
  await tasks.shutdown({ waitForCompletion: false })
  return cost
}

async function withPort(timers: number, seconds: number): Promise<IdleCost> {
  const port = new PortClient(requireCore())
  const plan = port.plan('add')
  verify('result', await port.roundTrip(plan, 1, 2), 3)
  for (let index = 0; index < timers; index++) port.pushDelayed(plan, index, 1, HOUR_MS + index * 360)
  await sleep(500)
  const wakesNow = (): number => {
    const { workerWakes, timerWakes, ownerWakes } = port.binding.statistics()
    return workerWakes + timerWakes + ownerWakes
  }
  const before = wakesNow()
  const cost = await watch(seconds, 0)
  const engineWakes = (wakesNow() - before) / seconds
  verify('scheduled tasks', port.binding.statistics().scheduled, timers)
  port.close()
  return { ...cost, engineWakes }
}

/** Lets the process fall asleep, then looks at what it does. */
async function watch(seconds: number, settleMs = 500): Promise<IdleCost> {
  collectGarbage()
  await sleep(settleMs)
  const [cpuBefore, sleepsBefore, begunAt] = [process.cpuUsage(), sleepsByThread(), performance.now()]
  await sleep(seconds * 1000)
  const [took, sleepsAfter, cpu] = [performance.now() - begunAt, sleepsByThread(), process.cpuUsage(cpuBefore)]
  let wakes = 0
  for (const [thread, sleeps] of sleepsAfter) wakes += sleeps - (sleepsBefore.get(thread) ?? 0)
  return {
    cpu: ((cpu.user + cpu.system) / 1000 / took) * 100,
    wakes: sleepsAfter.size === 0 ? Number.NaN : (wakes / took) * 1000,
  }
}

function judge(measured: ReadonlyMap<RowName, IdleCost[]>, timers: number): Verdict[] {
  const ofRow = (row: RowName, figure: (cost: IdleCost) => number): number => medianOf(measured.get(row), figure)
  const [cpu, without] = [ofRow('idle', (cost) => cost.cpu), ofRow('nothing', (cost) => cost.cpu)]
  const wakes = ofRow('timers', (cost) => cost.wakes) - ofRow('nothing', (cost) => cost.wakes)
  const counted = ofRow('portTimers', ({ engineWakes }) => engineWakes ?? Number.NaN)
  return [
    {
      target: 'idle engine: 0 % of a processor',
      measured: `${cpu.toFixed(2)} % (a process without one ${without.toFixed(2)} %)`,
      // what the process does without an engine is not the engine's
      met: cpu - without < 0.05,
    },
    {
      target: `${formatCount(timers)} far timers: less than one wake-up a second`,
      measured: `${formatFigure(wakes)} more than a process without an engine, ${formatFigure(counted)} counted by the engine`,
      met: !(wakes >= 1) && counted < 1,
    },
  ]
}

function medianOf(costs: readonly IdleCost[] | undefined, figure: (cost: IdleCost) => number): number {
  return summarise((costs ?? []).map(figure)).median
}
