// What recording waits and runs costs: the same tasks of the same engine, recorded and not, in short turns. What C records is
// switched in `native:statistics`.
import { createTasks } from '@catzilla/api'
import { createSwitchableEngine } from '@catzilla/engine/testing'
import { collectYoungGarbage } from '../../child.ts'
import { interleave, spread } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatCount, formatFigure, verify } from '../../section.ts'
import type { Table, Verdict } from '../../section.ts'
import { atMost } from '../native/goals.ts'
import { engineOptions, setUpSubject } from './contenders.ts'
import { slowerBy } from './slower.ts'

/** How many tasks wait at once differs from round to round: else garbage is collected at the same task of each turn, and a little
 *  more of it may cost nothing or a lot. */
const LEAST_WINDOW = 8000
const MOST_WINDOW = 12_000
const STEP = 977
const WINDOWS = 4

interface Pace {
  readonly quick: boolean
  readonly now: () => number
}

/** What is recorded: handles of the engine itself, as an engine round it would ask for them, or tasks as applications call them. */
export const recordedWays = ['the engine alone', 'createTasks()'] as const
export type RecordedWay = (typeof recordedWays)[number]

interface Recorded {
  readonly setMeasuring: (on: boolean) => void
  /** Runs so many tasks and gives the sum of their results. */
  run(size: number): Promise<number>
  close(): Promise<void>
}

export async function measureRecording(
  way: RecordedWay,
  { quick, now }: Pace,
): Promise<{ table: Table; verdict: Verdict }> {
  const subject = await (way === 'createTasks()' ? setUpTasks() : setUpEngine())
  const turn = (name: string, measuring: boolean): Contender<number> => ({
    name,
    async run(round) {
      const window = LEAST_WINDOW + ((round * STEP) % (MOST_WINDOW - LEAST_WINDOW))
      subject.setMeasuring(measuring)
      const startedAt = now()
      let sum = 0
      for (let each = 0; each < WINDOWS; each++) sum += await subject.run(window)
      const took = now() - startedAt
      verify('sum of the results', sum, (WINDOWS * window * (window + 1)) / 2)
      return took / (WINDOWS * window)
    },
  })
  const entrants = [turn('not recorded', false), turn('not recorded, again', false), turn('recorded', true)]
  const rounds = quick ? { rounds: 10, warmUps: 3 } : { rounds: 201, warmUps: 10, budgetMs: 30_000 }
  const samples = await interleave(entrants, { ...rounds, before: collectYoungGarbage })
  await subject.close()
  const ns = (name: string): number[] => samples.get(name) ?? []
  const slower = slowerBy(ns('recorded'), ns('not recorded'))
  return {
    table: {
      title: `No-op tasks on the typescript engine by ${way}, windows of ${formatCount(LEAST_WINDOW)} to ${formatCount(MOST_WINDOW)}, recorded and not`,
      columns: ['', 'ns/task', 'middle half', 'slower by', 'middle half'],
      rows: entrants.map(({ name }) => {
        const { median, from, to } = spread(ns(name))
        const by = slowerBy(ns(name), ns('not recorded'))
        const told = name === 'not recorded' ? ['', ''] : [by.told, by.half]
        return [name, formatFigure(median), `${formatFigure(from)} – ${formatFigure(to)}`, ...told]
      }),
    },
    verdict: atMost({
      what: `typescript engine, ${way}, waits and runs recorded: slower by`,
      measured: slower.median,
      unit: '%',
      floor: 3,
      goal: 2,
    }),
  }
}

async function setUpEngine(): Promise<Recorded> {
  const { engine, setMeasuring } = createSwitchableEngine(engineOptions)
  return { ...(await setUpSubject('typescript', engine)), setMeasuring }
}

async function setUpTasks(): Promise<Recorded> {
  const { engine, setMeasuring } = createSwitchableEngine(engineOptions)
  const tasks = createTasks({ engine })
  const add = tasks.task({ name: 'add' }, (value: number, one: number) => value + one)
  return {
    setMeasuring,
    async run(size) {
      const results = []
      for (let value = 0; value < size; value++) results.push(add.delay(value, 1))
      let sum = 0
      for (const result of results) sum += await result.wait()
      return sum
    },
    async close() {
      await tasks.shutdown()
    },
  }
}
