// One task at a time: the round trip when everybody sleeps, and ten megabytes to a thread, copied and transferred.
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, percentile, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { atMost } from '../native/goals.ts'
import { formatCount, formatFigure, verify } from '../../section.ts'
import type { SectionInput, Table, Verdict } from '../../section.ts'
import { FutexTrip } from '../../contenders/threads/futex-trip.ts'
import { workerFile } from '../../contenders/worker-file.ts'
import { ourLanes } from './thread-contenders.ts'
import type { ThreadSetup } from './thread-contenders.ts'

/** Long enough for everybody to fall asleep. */
const PAUSE_MS = 2
const BYTES = 10 * 2 ** 20
const bareTrip = 'a bare wake there and back'

export async function measureTrips(
  setups: ReadonlyMap<string, ThreadSetup>,
  { quick }: SectionInput,
): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
  const trips = quick ? 30 : 300
  const bare = new FutexTrip(workerFile('futex-thread'))
  const entrants = [...setups].map(([name, setup]) => tripper(name, setup, trips))
  entrants.push(tripper(bareTrip, bare, trips))
  const samples = await interleave(entrants, quick ? { rounds: 2, warmUps: 1 } : { rounds: 9, warmUps: 2 })
  await bare.close()
  const middles = (name: string): number[] => (samples.get(name) ?? []).map((each) => percentile(each, 0.5))
  const over = (name: string, rank: number): ReturnType<typeof summarise> =>
    summarise((samples.get(name) ?? []).map((each) => percentile(each, rank)))
  return {
    tables: [
      {
        title: 'µs from the submission of one no-op to its result, after a pause',
        columns: ['', 'p50', 'min – max of the rounds', 'of the bare one', 'p99', 'min – max of the rounds'],
        rows: [...samples.keys()].map((name) => {
          const [middle, late] = [over(name, 0.5), over(name, 0.99)]
          const share = `${formatFigure(ratio(middles(name), middles(bareTrip)))} ×`
          return [name, formatFigure(middle.median), spread(middle), share, formatFigure(late.median), spread(late)]
        }),
        note: `Medians over the rounds of ${formatCount(trips)} round trips, with pauses of ${PAUSE_MS} ms. "${bareTrip}" is a word of shared memory that is changed and its sleeper woken (Atomics.wait, Atomics.waitAsync), there and back, and nothing else: what the machine and Node take.`,
      },
    ],
    verdicts: ourLanes
      .filter((name) => samples.has(name))
      .map((name) => {
        const { median } = over(name, 0.5)
        const aside = `${formatFigure(ratio(middles(name), middles(bareTrip)))} × ${bareTrip}`
        const what = `${name}, idle round trip, p50`
        return atMost({ what, measured: median, unit: 'µs', floor: 30, goal: 15, aside })
      }),
  }
}

/** A sample is the durations of all trips of a round, in microseconds. */
function tripper(name: string, setup: Pick<ThreadSetup, 'add'>, trips: number): Contender<Float64Array> {
  return {
    name,
    async run() {
      const took = new Float64Array(trips)
      for (let index = 0; index < trips; index++) {
        await sleep(PAUSE_MS)
        const begunAt = performance.now()
        const result = await setup.add(index, 1)
        took[index] = (performance.now() - begunAt) * 1e3
        verify(`result of ${name}`, result, index + 1)
      }
      return took
    },
  }
}

export async function measureBuffers(
  setups: ReadonlyMap<string, ThreadSetup>,
  { quick }: SectionInput,
): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
  const times = quick ? 2 : 10
  const entrants = [...setups].flatMap(([name, setup]) =>
    [false, true].map((transfer) => sender(name, setup, transfer, times)),
  )
  const samples = await interleave(entrants, quick ? { rounds: 2, warmUps: 1 } : { rounds: 9, warmUps: 2 })
  const of = (name: string, transfer: boolean): ReturnType<typeof summarise> =>
    summarise(samples.get(senderName(name, transfer)) ?? [])
  return {
    tables: [
      {
        title: `ms to hand ${BYTES / 2 ** 20} MiB to a thread and hear of it`,
        columns: ['', 'copied', 'min – max', 'transferred', 'min – max'],
        rows: [...setups.keys()].map((name) => {
          const [copied, moved] = [of(name, false), of(name, true)]
          return [name, formatFigure(copied.median), spread(copied), formatFigure(moved.median), spread(moved)]
        }),
      },
    ],
    verdicts: [],
  }
}

function senderName(name: string, transfer: boolean): string {
  return `${name}/${transfer ? 'transferred' : 'copied'}`
}

/** A sample is the mean of a few, in milliseconds; making the bytes is no part of it. */
function sender(name: string, setup: ThreadSetup, transfer: boolean, times: number): Contender<number> {
  return {
    name: senderName(name, transfer),
    async run() {
      let took = 0
      for (let time = 0; time < times; time++) {
        const bytes = new Uint8Array(BYTES).fill(time + 1)
        const begunAt = performance.now()
        verify(`bytes that reached ${name}`, await setup.sizeOf(bytes, transfer), BYTES)
        took += performance.now() - begunAt
        verify(`bytes left by ${name}`, bytes.byteLength, transfer ? 0 : BYTES)
      }
      return took / times
    },
  }
}

function spread({ min, max }: ReturnType<typeof summarise>): string {
  return `${formatFigure(min)} – ${formatFigure(max)}`
}
