// How far a CRITICAL task gets ahead of 100,000 LOW ones that were there before it: how many of them start between its
// submission and its start, and how long it waits.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { percentile } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

/** What one CRITICAL task met. */
interface Passage {
  /** Tasks of the LOW class that started before it. */
  readonly overtaken: number
  readonly waitMs: number
}

type Scenario = (low: number, criticals: number) => Promise<Passage[]>

const scenarios: Readonly<Record<string, Scenario>> = {
  'submitted right behind the LOW tasks': submittedBehind,
  'submitted by a LOW task, at full speed': submittedByATask,
  'submitted by the event loop, between LOW tasks': submittedByTheLoop,
  'all 64 slots taken by asynchronous LOW tasks': submittedToFullSlots,
}

export async function measureLatency({ quick }: SectionInput): Promise<SectionResult> {
  const low = quick ? 10_000 : 100_000
  const rows: string[][] = []
  let worst = 0
  for (const [name, scenario] of Object.entries(scenarios)) {
    tellProgress(`latency: ${name}`)
    const passages: Passage[] = []
    for (let round = 0; round < (quick ? 1 : 5); round++) passages.push(...(await scenario(low, 20)))
    const waits = passages.map(({ waitMs }) => waitMs)
    const overtaken = Math.max(...passages.map((passage) => passage.overtaken))
    worst = Math.max(worst, overtaken)
    const figures = [percentile(waits, 0.5), percentile(waits, 0.99), Math.max(...waits)].map(formatFigure)
    rows.push([name, formatCount(passages.length), `${overtaken + 1}`, ...figures])
  }
  return {
    title: 'A CRITICAL task behind LOW ones',
    tables: [
      {
        title: `CRITICAL behind ${formatCount(low)} LOW`,
        columns: ['', 'CRITICAL tasks', 'worst place', 'wait p50 ms', 'p99', 'max'],
        rows,
        note: 'Place 1: no LOW task started between its submission and its start. The wait is that of the task itself, from its submission.',
      },
    ],
    verdicts: [
      {
        target: `a CRITICAL task behind ${formatCount(low)} LOW ones starts next`,
        measured: `worst place ${worst + 1}`,
        met: worst === 0,
      },
    ],
  }
}

/** Tasks of both classes over one count of LOW starts. */
class Race {
  readonly passages: Passage[] = []
  readonly tasks: BackgroundTasks
  readonly low: Task<[], void>
  started = 0
  readonly #urgent: Task<[submittedAt: number, startedBefore: number], void>

  constructor(low: number, body: (startedNow: number) => void | Promise<void>) {
    this.tasks = createTasks({ engine: 'typescript', queueSize: low * 2 })
    this.low = this.tasks.task({ name: 'low', priority: 'low' }, () => body(++this.started))
    this.#urgent = this.tasks.task({ name: 'urgent', priority: 'critical' }, (submittedAt, startedBefore) => {
      this.passages.push({ overtaken: this.started - startedBefore, waitMs: performance.now() - submittedAt })
    })
  }

  submitLow(count: number): void {
    for (let index = 0; index < count; index++) this.low.delay()
  }

  submitUrgent(): void {
    this.#urgent.delay(performance.now(), this.started)
  }

  async finish(low: number, criticals: number): Promise<Passage[]> {
    await this.tasks.drain()
    await this.tasks.shutdown()
    verify('starts of LOW tasks', this.started, low)
    verify('starts of CRITICAL tasks', this.passages.length, criticals)
    return this.passages
  }
}

async function submittedBehind(low: number): Promise<Passage[]> {
  const race = new Race(low, () => {})
  race.submitLow(low)
  race.submitUrgent()
  return race.finish(low, 1)
}

async function submittedByATask(low: number, criticals: number): Promise<Passage[]> {
  const every = Math.floor(low / criticals)
  const race: Race = new Race(low, (started) => {
    if (started % every === 0) race.submitUrgent()
  })
  race.submitLow(low)
  return race.finish(low, criticals)
}

async function submittedByTheLoop(low: number): Promise<Passage[]> {
  const race = new Race(low, () => {})
  race.submitLow(low)
  let criticals = 0
  while (race.started < low) {
    race.submitUrgent()
    criticals++
    await nextTurn()
  }
  return race.finish(low, criticals)
}

async function submittedToFullSlots(low: number, criticals: number): Promise<Passage[]> {
  const every = Math.floor(low / criticals)
  const race: Race = new Race(low, async (started) => {
    await nextTurn()
    if (started % every === 0) race.submitUrgent()
  })
  race.submitLow(low)
  return race.finish(low, criticals)
}
