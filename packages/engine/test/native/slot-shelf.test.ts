// Tasks that are kept in their slots are forgotten many at a time, the oldest first, whichever shelf they are on.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SlotShelf } from '../../src/native/slot-shelf.ts'
import type { SlotKeeper } from '../../src/native/slot-shelf.ts'
import { Retention } from '../../src/typescript/retention.ts'
import { TimerQueue } from '../../src/typescript/timer-queue.ts'
import { SteppedClock } from '../typescript/stepped-clock.ts'

/** More than any test here takes. */
const MOST_LOOKS = 1_000_000

/** Settles tasks, each in a slot of its own, and notes which are forgotten. */
class Slots implements SlotKeeper {
  readonly settled: number[] = []
  readonly forgotten: number[] = []
  #looks = 0

  settledAt(slot: number): number {
    // no time-out ends a loop that goes on for ever
    if (++this.#looks > MOST_LOOKS) throw new Error('looks for what to forget without end')
    return this.settled[slot] ?? Number.NaN
  }

  forget(slots: Int32Array, from: number, until: number): void {
    this.forgotten.push(...slots.subarray(from, until))
  }

  /** Settles so many at `now`, together or one by one. */
  settle(shelf: SlotShelf, count: number, now: number, together: boolean): void {
    const slots = Int32Array.from({ length: count }, () => this.settled.push(now) - 1)
    if (!together) {
      for (const slot of slots) shelf.put(slot, now)
      return
    }
    shelf.addAll(slots, 0, count)
    shelf.added(count, now)
  }
}

function keeping(limit: number, ages: readonly number[]) {
  const clock = new SteppedClock(1000)
  const retention = new Retention(limit, new TimerQueue(clock, () => {}), () => {})
  const slots = new Slots()
  return { clock, retention, slots, shelves: ages.map((age) => new SlotShelf(age, retention, slots)) }
}

describe('tasks kept in slots', () => {
  test('more come at once than are kept: the last of them stay', () => {
    const { retention, slots, shelves } = keeping(100, [1e6])
    for (let round = 0; round < 3; round++) slots.settle(shelves[0]!, 250, 1000, true)
    expect(slots.forgotten).toEqual(Array.from({ length: 650 }, (_, slot) => slot))
    expect([retention.size, shelves[0]!.size]).toEqual([100, 100])
  })

  test('age forgets those of one shelf, and leaves those of the other', () => {
    const { clock, retention, slots, shelves } = keeping(1000, [50, 500])
    slots.settle(shelves[0]!, 3, 1000, true)
    slots.settle(shelves[1]!, 2, 1000, true)
    clock.moveTo(1020)
    slots.settle(shelves[0]!, 2, 1020, true)
    clock.moveTo(1060)
    expect([slots.forgotten, retention.size]).toEqual([[0, 1, 2], 4])
    clock.moveTo(1400)
    expect([slots.forgotten, retention.size]).toEqual([[0, 1, 2, 5, 6], 2])
  })

  test('a moment that is none does not keep its task for ever, nor anybody busy', () => {
    const { retention, slots, shelves } = keeping(2, [1e6, 2e6])
    slots.settle(shelves[1]!, 2, 1000, true)
    slots.settle(shelves[0]!, 2, Number.NaN, true)
    slots.settle(shelves[1]!, 1, Number.NaN, false)
    expect([slots.forgotten.length, retention.size]).toEqual([3, 2])
  })

  test('the oldest go first, however many come to which shelf', () => {
    const step = fc.record({
      shelf: fc.nat(2),
      count: fc.integer({ min: 1, max: 150 }),
      afterMs: fc.nat(2),
      together: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(step, { maxLength: 40 }), (limit, steps) => {
        const { clock, retention, slots, shelves } = keeping(limit, [1e6, 2e6, Infinity])
        for (const { shelf, count, afterMs, together } of steps) {
          clock.moveTo(clock.now() + afterMs)
          slots.settle(shelves[shelf]!, count, clock.now(), together)
          const kept = slots.settled.length - slots.forgotten.length
          expect([kept, retention.size]).toEqual([Math.min(limit, slots.settled.length), kept])
        }
        const gone = new Set(slots.forgotten)
        expect(gone.size).toBe(slots.forgotten.length)
        const stay = slots.settled.filter((_, slot) => !gone.has(slot))
        const lastGone = Math.max(-Infinity, ...slots.forgotten.map((slot) => slots.settled[slot]!))
        expect(Math.min(Infinity, ...stay)).toBeGreaterThanOrEqual(lastGone)
        expect(shelves.reduce((sum, { size }) => sum + size, 0)).toBe(retention.size)
      }),
      seeded,
    )
  })
})
