// Tasks that fail and are run again.
import { verify } from '../section.ts'
import { awaitAll, perSecond } from './pace.ts'
import { figuresOf } from './scenario.ts'
import type { Scenario } from './scenario.ts'

export const retries: Scenario = {
  name: 'retries',
  title: 'Failures and retries',
  about:
    'Tasks whose first run throws; the second one, at once, gives the result. Windows of 1,000, every result awaited. Only what comes with retries takes part.',
  measures: [
    {
      id: 'retried',
      title: 'tasks that need two runs',
      unit: 'tasks/s',
      better: 'more',
      headline: 'tasks that fail once',
    },
  ],
  run({ flaky }, effort) {
    const size = effort.quick ? 100 : 1_000
    return figuresOf({
      retried:
        flaky &&
        (() =>
          perSecond(effort, size, () =>
            awaitAll(
              size,
              (value) => flaky(value),
              (result, value) => verify('result', result, value),
            ),
          )),
    })
  },
}
