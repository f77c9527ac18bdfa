// How long one task takes from its submission until its result is there, while nothing else goes on and while much does.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Queue } from '../contenders/contender.ts'
import { percentile } from '../measure.ts'
import { verify } from '../section.ts'
import type { Effort, Figures, Scenario } from './scenario.ts'

/** Tasks under way beside the one that is measured, and those handed over in a turn of the event loop. */
const [BUSY, PER_TURN] = [1_000, 100]
/** Trips that are made whatever the time, and after how long there are no more. */
const [LEAST, LONGEST_MS] = [10, 1_000]

export const roundTrip: Scenario = {
  name: 'round-trip',
  title: 'Round trip of one task',
  about: `A no-op task is submitted and awaited: a millisecond after the one before, with nothing else to do; and while others hand over ${PER_TURN} no-ops in every turn of the event loop, up to ${BUSY.toLocaleString('en-US')} under way.`,
  measures: [
    { id: 'idle-p50', title: 'idle, median', unit: 'µs', better: 'less', headline: 'round trip of one task, idle' },
    { id: 'idle-p99', title: 'idle, 99th percentile', unit: 'µs', better: 'less' },
    { id: 'busy-p50', title: 'busy, median', unit: 'µs', better: 'less', headline: 'round trip of one task, busy' },
    { id: 'busy-p99', title: 'busy, 99th percentile', unit: 'µs', better: 'less' },
  ],
  async run({ add }, effort): Promise<Figures> {
    if (add === undefined) return {}
    const [idle, busy] = [await idleTrips(add, effort), await busyTrips(add, effort)]
    return {
      'idle-p50': percentile(idle, 0.5),
      'idle-p99': percentile(idle, 0.99),
      'busy-p50': percentile(busy, 0.5),
      'busy-p99': percentile(busy, 0.99),
    }
  },
}

type Add = NonNullable<Queue['add']>

async function idleTrips(add: Add, { quick }: Effort): Promise<number[]> {
  return manyTrips(add, quick ? 25 : 500, () => sleep(1))
}

async function busyTrips(add: Add, { quick }: Effort): Promise<number[]> {
  const crowd = { stopped: false, under: 0 }
  const ended = (): void => void crowd.under--
  const keepBusy = async (): Promise<void> => {
    while (!crowd.stopped || crowd.under > 0) {
      for (let each = 0; each < PER_TURN && crowd.under < BUSY && !crowd.stopped; each++) {
        crowd.under++
        void add(each, 1).then(ended)
      }
      await nextTurn()
    }
  }
  const crowding = keepBusy()
  const trips = await manyTrips(add, quick ? 12 : 250, () => nextTurn())
  crowd.stopped = true
  await crowding
  return trips
}

/** As many trips as asked for, or as fit into the time; the first fifth of them is dropped. */
async function manyTrips(add: Add, count: number, before: () => Promise<unknown>): Promise<number[]> {
  const trips: number[] = []
  const endsAt = performance.now() + LONGEST_MS
  for (let trip = 0; trip < count; trip++) {
    if (trip >= LEAST && performance.now() > endsAt) break
    await before()
    trips.push(await tripOf(add, trip))
  }
  return trips.slice(Math.floor(trips.length / 5))
}

/** Microseconds. */
async function tripOf(add: Add, value: number): Promise<number> {
  const begunAt = performance.now()
  verify('result', await add(value, 1), value + 1)
  return (performance.now() - begunAt) * 1e3
}
