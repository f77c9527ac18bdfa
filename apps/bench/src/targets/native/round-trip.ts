// How long one task takes from its submission to its result, when nothing else goes on: workers asleep, the event loop
// asleep. Beside it the same with no pause between, and a message to a worker thread of Node and back.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { createTasks } from '@catzilla/api'
import { interleave, percentile, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { createNativeTasks, nativeSection, requireCore } from './core.ts'
import { atMost } from './goals.ts'
import { PortClient } from './port-client.ts'

/** Gives `value + 1`. */
type RoundTrip = (value: number) => Promise<number>

/** Long enough for everybody to fall asleep. */
const PAUSE_MS = 2
const own = 'api, native, after a pause'

export const measureRoundTrips: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Round trip of one task',
  async ({ quick }) => {
    const [trips, rounds] = quick ? [50, 2] : [500, 11]
    tellProgress(`native:round-trip: ${formatCount(trips)} at a time`)
    const native = await createNativeTasks()
    const twin = createTasks({ engine: 'typescript' })
    const port = new PortClient(requireCore())
    const thread = new Worker(echo, { eval: true })
    const [onNative, onTwin, plan] = [native.kernel('add'), twin.kernel('add'), port.plan('add')]
    const throughPort: RoundTrip = (value) => port.roundTrip(plan, value, 1)
    const entrants = [
      contender(own, (value) => onNative.delay(value, 1).wait(), trips, PAUSE_MS),
      contender('api, native, one behind the other', (value) => onNative.delay(value, 1).wait(), trips, 0),
      contender('port, no bookkeeping, after a pause', throughPort, trips, PAUSE_MS),
      contender('port, no bookkeeping, one behind the other', throughPort, trips, 0),
      contender('worker_threads message, after a pause', (value) => throughThread(thread, value), trips, PAUSE_MS),
      contender('api, typescript, after a pause', (value) => onTwin.delay(value, 1).wait(), trips, PAUSE_MS),
    ]
    const samples = await interleave(entrants, { rounds, warmUps: quick ? 1 : 2 })
    await native.shutdown()
    await twin.shutdown()
    port.close()
    await thread.terminate()
    const [p50, p99] = [overRounds(samples.get(own) ?? [], 0.5), overRounds(samples.get(own) ?? [], 0.99)]
    return {
      tables: [
        {
          title: 'µs from the submission to the result',
          columns: ['', 'p50', 'min – max of the rounds', 'p99', 'min – max of the rounds'],
          rows: [...samples].map(([name, each]) => {
            const [middle, late] = [overRounds(each, 0.5), overRounds(each, 0.99)]
            return [name, formatFigure(middle.median), spread(middle), formatFigure(late.median), spread(late)]
          }),
          note: `Medians over ${rounds} rounds of ${formatCount(trips)} round trips. Pauses are ${PAUSE_MS} ms; that nobody spins meanwhile is measured in "What an idle engine costs".`,
        },
      ],
      verdicts: [
        atMost({ what: 'idle round trip, p50', measured: p50.median, unit: 'µs', floor: 30, goal: 15 }),
        {
          target: 'idle round trip, p99: ≤ 500 µs',
          measured: `${formatFigure(p99.median)} µs`,
          met: p99.median <= 500,
        },
      ],
    }
  },
)

const echo = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', (value) => parentPort.postMessage(value + 1))
`

async function throughThread(thread: Worker, value: number): Promise<number> {
  const answered = once(thread, 'message') as Promise<[number]>
  thread.postMessage(value)
  const [answer] = await answered
  return answer
}

/** A sample is the durations of all trips of a round, in microseconds. */
function contender(name: string, trip: RoundTrip, trips: number, pauseMs: number): Contender<Float64Array> {
  return {
    name,
    async run() {
      const took = new Float64Array(trips)
      for (let index = 0; index < trips; index++) {
        if (pauseMs > 0) await sleep(pauseMs)
        const begunAt = performance.now()
        const result = await trip(index)
        took[index] = (performance.now() - begunAt) * 1e3
        verify(`result of ${name}`, result, index + 1)
      }
      return took
    },
  }
}

function overRounds(rounds: readonly Float64Array[], rank: number): ReturnType<typeof summarise> {
  return summarise(rounds.map((each) => percentile(each, rank)))
}

function spread({ min, max }: ReturnType<typeof summarise>): string {
  return `${formatFigure(min)} – ${formatFigure(max)}`
}
