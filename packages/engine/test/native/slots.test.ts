// Who has which slot: free ones are used again in the order in which they lie, and none is given out twice.
import assert from 'node:assert/strict'
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Slots } from '../../src/native/slots.ts'

describe('slots', () => {
  test('fresh ones first, then those that became free, as they lie', () => {
    const slots = new Slots(3)
    expect(takeAll(slots)).toEqual([0, 1, 2])
    for (const slot of [1, 0, 2]) slots.give(slot)
    expect(takeAll(slots)).toEqual([0, 1, 2])
  })

  test('goes on behind the one that was taken last, and begins again', () => {
    const slots = new Slots(100)
    const all = takeAll(slots)
    expect(all).toEqual(Array.from({ length: 100 }, (_, slot) => slot))
    for (const slot of [70, 3, 40, 99]) slots.give(slot)
    expect([slots.take(), slots.take()]).toEqual([3, 40])
    slots.give(4)
    expect([...takeAll(slots), slots.free]).toEqual([70, 99, 4, 0])
  })

  test('fresh ones are taken as long as few have become free', () => {
    const slots = new Slots(1000)
    for (let slot = 0; slot < 640; slot++) slots.take()
    slots.give(7)
    expect([slots.take(), slots.end]).toEqual([640, 672])
    for (let slot = 0; slot < 20; slot++) slots.give(slot)
    for (let left = 31; left > 0; left--) slots.take()
    expect(slots.take()).toBe(0)
  })

  test('free ones of a word are taken from its first to its last', () => {
    const slots = new Slots(64)
    takeAll(slots)
    const given = [0, 1, 5, 30, 31, 32, 63]
    for (const slot of given.toReversed()) slots.give(slot)
    expect(slots.free).toBe(7)
    expect(takeAll(slots)).toEqual(given)
    for (let slot = 0; slot < 64; slot++) slots.give(slot)
    expect([slots.free, takeAll(slots).length, slots.free]).toEqual([64, 64, 0])
  })

  test('a slot has one owner at a time, whatever the order of taking and giving', () => {
    const moves = fc.array(fc.boolean(), { maxLength: 400 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), moves, (count, takes) => {
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

function takeAll(slots: Slots): number[] {
  const taken: number[] = []
  for (let slot = slots.take(); slot >= 0; slot = slots.take()) taken.push(slot)
  return taken
}
