// Who has which slot: free ones are used again in the order in which they became free, and none is given out twice.
import assert from 'node:assert/strict'
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NativeTask, TaskBit } from '../../src/native/native-task.ts'
import type { NativeTaskPlan } from '../../src/native/native-task.ts'
import { SlotLinks, SlotList } from '../../src/native/slot-list.ts'
import { Slots } from '../../src/native/slots.ts'

describe('slots', () => {
  test('fresh ones first, then those that became free, the first one first', () => {
    const slots = new Slots(3)
    expect([slots.take(), slots.take(), slots.take(), slots.take()]).toEqual([0, 1, 2, -1])
    for (const slot of [1, 0, 2]) slots.give(slot)
    expect([slots.take(), slots.take(), slots.take(), slots.take()]).toEqual([1, 0, 2, -1])
  })

  test('a slot has one owner at a time, whatever the order of taking and giving', () => {
    const moves = fc.array(fc.boolean(), { maxLength: 200 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), moves, (count, takes) => {
        const slots = new Slots(count)
        const taken: number[] = []
        for (const takesOne of takes) {
          const given = taken[0]
          if (takesOne) {
            const slot = slots.take()
            assert.equal(slot >= 0, taken.length < count)
            assert.ok(!taken.includes(slot))
            if (slot >= 0) taken.push(slot)
          } else if (given !== undefined) slots.give(taken.shift() ?? given)
          expect(slots.free).toBe(count - taken.length)
          expect(slots.end).toBeLessThanOrEqual(count)
        }
      }),
      seeded,
    )
  })
})

test('a task is known by its slot, also when its result is of the kind of array that pages are', () => {
  const task = new NativeTask({} as NativeTaskPlan, 1, 5, false)
  task.word |= TaskBit.COMPLETED | TaskBit.RETURNED
  task.held = Float64Array.of(7, 7, 7)
  expect(task.slot).toBe(5)
})

describe('lists of slots', () => {
  test('first in, first out; a slot may go from one list to another', () => {
    const links = new SlotLinks(4)
    const [one, other] = [new SlotList(links), new SlotList(links)]
    for (const slot of [3, 1, 2]) one.push(slot)
    other.push(one.shift())
    other.push(one.shift())
    one.push(0)
    expect([one.head, one.shift(), one.shift(), one.shift(), one.head]).toEqual([2, 2, 0, -1, -1])
    expect([other.shift(), other.shift(), other.shift()]).toEqual([3, 1, -1])
  })
})
