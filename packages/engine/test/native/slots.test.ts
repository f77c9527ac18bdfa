// Who has which slot: of the free ones the latest is used first, and none is given out twice.
import assert from 'node:assert/strict'
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Slots } from '../../src/native/slots.ts'

describe('slots', () => {
  test('fresh ones first, then those that became free, the last one first', () => {
    const slots = new Slots(3)
    expect([slots.take(), slots.take(), slots.take(), slots.take()]).toEqual([0, 1, 2, -1])
    for (const slot of [1, 0, 2]) slots.give(slot)
    expect([slots.take(), slots.take(), slots.take(), slots.take()]).toEqual([2, 0, 1, -1])
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
