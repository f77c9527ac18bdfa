// Half the tasks simple enough for C, half of them JavaScript on objects.
import { orderOf } from '../contenders/bodies.ts'
import { verify } from '../section.ts'
import { perSecond } from './pace.ts'
import { figuresOf } from './scenario.ts'
import type { Scenario } from './scenario.ts'

export const mixed: Scenario = {
  name: 'mixed',
  title: 'A mixed workload',
  about:
    'Half of the tasks add two numbers, half of them are given an object of 200 bytes and give it back, in turns; every result awaited. A contender that compiles runs the first half in C.',
  measures: [
    {
      id: 'mixed',
      title: 'half numbers, half objects',
      unit: 'tasks/s',
      better: 'more',
      headline: 'mixed workload, every result awaited',
    },
  ],
  run({ add, echo }, effort) {
    const orders = Array.from({ length: 64 }, (_, id) => orderOf(id))
    const pairs = Math.ceil(effort.window / 2)
    return figuresOf({
      mixed:
        add &&
        echo &&
        (() =>
          perSecond(effort, pairs * 2, async () => {
            const [sums, echoes]: [Promise<number>[], Promise<{ id: number }>[]] = [[], []]
            for (let pair = 0; pair < pairs; pair++) {
              sums.push(add(pair, 1))
              echoes.push(echo(orders[pair % 64] ?? orderOf(pair % 64)))
            }
            for (let pair = 0; pair < pairs; pair++) {
              verify('sum', (await sums[pair]) ?? Number.NaN, pair + 1)
              verify('id', (await echoes[pair])?.id ?? Number.NaN, pair % 64)
            }
          })),
    })
  },
}
