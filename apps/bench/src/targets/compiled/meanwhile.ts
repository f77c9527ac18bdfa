// How late compiling makes the event loop: new bodies are compiled, by the C compiler, on an engine that does nothing else.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { interleave, median } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatFigure, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

interface Lateness {
  readonly p99: number
  readonly max: number
}

/** Milliseconds beyond a timer of 1 ms. */
const RESOLUTION_MS = 1
const LONGEST_MS = 30_000

export async function meanwhile(
  tasks: BackgroundTasks,
  { quick }: SectionInput,
): Promise<Pick<SectionResult, 'tables' | 'verdicts'>> {
  const bodies = quick ? 2 : 10
  let made = 0
  let spentMs = 0
  const entrants: Contender<Lateness>[] = [
    {
      name: 'bodies that are compiled',
      run: () =>
        lateness(async () => {
          const begunAt = performance.now()
          for (let i = 0; i < bodies; i++) await untilInC(newTask(tasks, ++made, 'auto'))
          spentMs = performance.now() - begunAt
        }),
    },
    {
      name: 'bodies that are not',
      run: () =>
        lateness(async () => {
          const task = newTask(tasks, ++made, false)
          for (const endsAt = performance.now() + spentMs; performance.now() < endsAt;) await callOnce(task)
        }),
    },
  ]
  const samples = await interleave(entrants, quick ? { rounds: 2, warmUps: 1 } : { rounds: 9, warmUps: 1 })
  const rows = [...samples].map(([name, own]) => {
    return [name, formatFigure(median(own.map(({ p99 }) => p99))), formatFigure(median(own.map(({ max }) => max)))]
  })
  const p99 = median((samples.get('bodies that are compiled') ?? []).map((own) => own.p99))
  return {
    tables: [
      {
        title: 'Delay of the event loop while bodies are compiled, ms',
        columns: ['', 'p99', 'max'],
        rows,
        note: `${bodies} bodies with loops in a round, one after the other, each new to the cache and called every millisecond until machine code runs it. Medians of the rounds.`,
      },
    ],
    verdicts: [
      {
        target: 'delay of the event loop while bodies are compiled, p99: ≤ 2 ms',
        measured: `${formatFigure(p99)} ms`,
        met: p99 <= 2,
      },
    ],
  }
}

async function lateness(work: () => Promise<void>): Promise<Lateness> {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  monitor.enable()
  await work()
  monitor.disable()
  const beyond = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS)
  return { p99: beyond(monitor.percentile(99)), max: beyond(monitor.max) }
}

/** Its text differs from every other one's, in this run and in those before: no cache has it. */
function newTask(tasks: BackgroundTasks, index: number, compile: 'auto' | false): Task<[count: number], number> {
  const constant = index * 2 ** 20 + (Date.now() % 2 ** 20)
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- only a new text is a body that nobody has seen
  const body = new Function(
    'count',
    `let sum = ${constant}; for (let i = 0; i < count; i++) sum = (sum * 31 + i) % 1000003; return sum`,
  ) as (count: number) => number
  return tasks.task({ name: `meanwhile ${index} ${compile}`, compile }, body)
}

async function callOnce(task: Task<[count: number], number>): Promise<string> {
  const result = task.delay(100)
  verify('kind of result', Number(Number.isInteger(await result.wait())), 1)
  await pause(1)
  return result.getStats().lane
}

async function untilInC(task: Task<[count: number], number>): Promise<void> {
  const endsAt = performance.now() + LONGEST_MS
  while ((await callOnce(task)) !== 'native') {
    if (performance.now() > endsAt)
      throw new Error(`${task.taskName} stays JavaScript: ${task.explain().native.reason}`)
  }
}
