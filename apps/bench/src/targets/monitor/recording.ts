// What recording waits and runs costs: the same tasks of the same engine, recorded and not, in short turns. What C records is
// switched in `native:statistics`.
import { collectYoungGarbage } from '../../child.ts'
import { interleave, spread, timed } from '../../measure.ts'
import { formatCount, formatFigure, verify } from '../../section.ts'
import type { Table, Verdict } from '../../section.ts'
import { atMost } from '../native/goals.ts'
import { setUpSubject } from './contenders.ts'
import { slowerBy } from './slower.ts'

const WINDOW = 10_000
const WINDOWS = 4

interface Pace {
  readonly quick: boolean
  readonly now: () => number
}

export async function measureRecording({ quick, now }: Pace): Promise<{ table: Table; verdict: Verdict }> {
  const subject = await setUpSubject('typescript')
  const turn = (name: string, measuring: boolean) =>
    timed(
      name,
      async () => {
        subject.setMeasuring?.(measuring)
        let sum = 0
        for (let each = 0; each < WINDOWS; each++) sum += await subject.run(WINDOW)
        verify('sum of the results', sum, (WINDOWS * WINDOW * (WINDOW + 1)) / 2)
        return WINDOWS * WINDOW
      },
      now,
    )
  const entrants = [turn('not recorded', false), turn('not recorded, again', false), turn('recorded', true)]
  const rounds = quick ? { rounds: 10, warmUps: 3 } : { rounds: 201, warmUps: 10, budgetMs: 30_000 }
  const samples = await interleave(entrants, { ...rounds, before: collectYoungGarbage })
  await subject.close()
  const ns = (name: string): number[] => samples.get(name) ?? []
  const slower = slowerBy(ns('recorded'), ns('not recorded'))
  return {
    table: {
      title: `No-op tasks on the typescript engine, windows of ${formatCount(WINDOW)}, recorded and not`,
      columns: ['', 'ns/task', 'middle half', 'slower by', 'middle half'],
      rows: entrants.map(({ name }) => {
        const { median, from, to } = spread(ns(name))
        const by = slowerBy(ns(name), ns('not recorded'))
        const told = name === 'not recorded' ? ['', ''] : [by.told, by.half]
        return [name, formatFigure(median), `${formatFigure(from)} – ${formatFigure(to)}`, ...told]
      }),
    },
    verdict: atMost({
      what: 'typescript engine, waits and runs recorded: slower by',
      measured: slower.median,
      unit: '%',
      floor: 3,
      goal: 2,
    }),
  }
}
