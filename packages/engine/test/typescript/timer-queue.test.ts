// The timer queue fires in the order of the due times, never early, behind a single alarm, whatever is added or removed.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TimerQueue } from '../../src/typescript/timer-queue.ts'
import type { TimerEntry } from '../../src/typescript/timer-queue.ts'
import { SteppedClock } from './stepped-clock.ts'

interface Fired {
  readonly dueAt: number
  readonly at: number
}

function makeQueue(): { clock: SteppedClock; timers: TimerQueue; fired: Fired[]; batches: () => number } {
  const clock = new SteppedClock()
  let batches = 0
  const timers = new TimerQueue(clock, () => void batches++)
  return { clock, timers, fired: [], batches: () => batches }
}

type Step = { do: 'add'; inMs: number } | { do: 'remove'; index: number } | { do: 'move'; byMs: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('add' as const), inMs: fc.double({ min: 0, max: 50, noNaN: true }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), index: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('move' as const), byMs: fc.double({ min: 0, max: 20, noNaN: true }) }),
  },
)

describe('TimerQueue', () => {
  test('any adds, removes and moves: all that stayed fire once, in order, at their moment, behind one alarm', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { clock, timers, fired } = makeQueue()
        const waiting = new Set<TimerEntry>()
        const gone: TimerEntry[] = []
        const add = (dueAt: number): void => {
          const entry = timers.add(dueAt, (now) => {
            fired.push({ dueAt, at: now })
            waiting.delete(entry)
            gone.push(entry)
          })
          waiting.add(entry)
        }
        const remove = (entry: TimerEntry): void => {
          timers.remove(entry)
          waiting.delete(entry)
          gone.push(entry)
        }
        for (const each of steps) {
          if (each.do === 'add') add(clock.now() + each.inMs)
          else if (each.do === 'move') clock.moveTo(clock.now() + each.byMs)
          else if (waiting.size > 0)
            for (const entry of [...waiting].splice(each.index % waiting.size, 1)) remove(entry)
          const places = [...waiting].map(({ place }) => place).toSorted((a, b) => a - b)
          expect(places).toEqual(places.map((_, index) => index))
          expect(timers.length).toBe(waiting.size)
          expect(gone.every(({ place }) => place === -1)).toBe(true)
          expect(clock.alarms).toBeLessThanOrEqual(1)
          // whoever waits has somebody to wake them
          expect(waiting.size > 0 ? clock.alarms : 1).toBe(1)
        }
        clock.moveTo(clock.now() + 100)
        expect(waiting.size).toBe(0)
        expect(fired.filter(({ at, dueAt }) => at < dueAt)).toEqual([])
        expect(fired.map(({ at }) => at)).toEqual(fired.map(({ at }) => at).toSorted((a, b) => a - b))
        const together = fired.filter(({ at, dueAt }, index) => {
          const before = fired[index - 1]
          return before !== undefined && before.at === at && before.dueAt > dueAt
        })
        expect(together).toEqual([])
      }),
      { ...seeded, numRuns: 200 },
    )
  })

  test('a large heap stays in order however many are taken out of its middle', () => {
    const dueTimes = fc.array(fc.nat(1000), { minLength: 100, maxLength: 300 })
    fc.assert(
      fc.property(dueTimes, fc.array(fc.nat(), { maxLength: 150 }), (times, removals) => {
        const { clock, timers } = makeQueue()
        const fired: number[] = []
        const entries = times.map((dueAt) => timers.add(dueAt, () => fired.push(dueAt)))
        for (const pick of removals.slice(0, times.length - 1)) {
          for (const entry of entries.splice(pick % entries.length, 1)) timers.remove(entry)
        }
        clock.moveTo(1000)
        expect(fired).toEqual(entries.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b))
      }),
      seeded,
    )
  })

  test('fires at the very moment, not at the next alarm of somebody else', () => {
    const { clock, timers, fired } = makeQueue()
    for (const dueAt of [30, 10, 20]) timers.add(dueAt, (at) => fired.push({ dueAt, at }))
    clock.moveTo(9.999)
    expect(fired).toEqual([])
    clock.moveTo(100)
    expect(fired).toEqual([10, 20, 30].map((at) => ({ dueAt: at, at })))
  })

  test('removing the first leaves the others on time; removing again, or null, does nothing', () => {
    const { clock, timers, fired } = makeQueue()
    const first = timers.add(5, () => fired.push({ dueAt: 5, at: clock.now() }))
    timers.add(10, (at) => fired.push({ dueAt: 10, at }))
    timers.remove(first)
    timers.remove(first)
    timers.remove(null)
    expect(timers.length).toBe(1)
    clock.moveTo(20)
    timers.remove(first)
    expect(fired).toEqual([{ dueAt: 10, at: 10 }])
  })

  test('what fires may add and remove: a new one that is due fires in the same batch, a removed one never', () => {
    const { clock, timers, fired } = makeQueue()
    const note = (dueAt: number) => (at: number) => void fired.push({ dueAt, at })
    const victim = timers.add(11, note(11))
    timers.add(10, (at) => {
      note(10)(at)
      timers.remove(victim)
      timers.add(at, note(at))
      timers.add(at + 5, note(at + 5))
    })
    clock.moveTo(12)
    expect(fired.map(({ dueAt }) => dueAt)).toEqual([10, 10])
    clock.moveTo(15)
    expect(fired.at(-1)).toEqual({ dueAt: 15, at: 15 })
    expect([timers.length, clock.alarms]).toEqual([0, 0])
  })

  test('entries that come due together make one batch', () => {
    const { clock, timers, batches } = makeQueue()
    for (let entry = 0; entry < 10; entry++) timers.add(7, () => {})
    clock.moveTo(10)
    expect(batches()).toBe(1)
  })

  test('a due time in the past fires with the next ring', () => {
    const { clock, timers, fired } = makeQueue()
    clock.moveTo(100)
    timers.add(1, (at) => fired.push({ dueAt: 1, at }))
    expect(fired).toEqual([])
    clock.moveTo(100)
    expect(fired).toEqual([{ dueAt: 1, at: 100 }])
  })

  test('closing forgets everything and leaves no alarm', () => {
    const { clock, timers, fired } = makeQueue()
    const entry = timers.add(5, (at) => fired.push({ dueAt: 5, at }))
    timers.close()
    expect([timers.length, clock.alarms, entry.place]).toEqual([0, 0, -1])
    timers.remove(entry)
    clock.moveTo(10)
    expect(fired).toEqual([])
  })
})
