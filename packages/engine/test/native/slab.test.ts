// What is known of a task stands on its slab, for as long as somebody knows of the task, under a number that no other has meanwhile.
import { describe, expect, test } from 'vitest'
import type { NativeTaskPlan } from '../../src/native/native-task.ts'
import { SLAB_TASKS, Slabs, TaskBit, firstOf, placeOf } from '../../src/native/slab.ts'
import type { Slab } from '../../src/native/slab.ts'

const [one, other] = [{ name: 'one' }, { name: 'other' }] as NativeTaskPlan[] as [NativeTaskPlan, NativeTaskPlan]

function add(slabs: Slabs, kernel: NativeTaskPlan, sequence: number): { slab: Slab; number: number } {
  const slab = slabs.roomFor(sequence)
  const place = slab.add(kernel, sequence, sequence * 2, sequence % 2 === 1)
  return { slab, number: slab.first + place }
}

describe('slabs', () => {
  test('a task is found by its number, with its kernel, slot, sequence and flags', () => {
    const slabs = new Slabs()
    const tasks = Array.from({ length: 3 * SLAB_TASKS }, (_, at) => add(slabs, at % 3 === 0 ? one : other, at + 1))
    expect(new Set(tasks.map(({ number }) => number)).size).toBe(tasks.length)
    for (const [at, { slab, number }] of tasks.entries()) {
      const place = placeOf(number)
      const flags = slab.flagsOf(place)
      expect([slabs.of(number), firstOf(number)]).toEqual([slab, slab.first])
      expect([slab.sequenceOf(place), slab.slotOf(place)]).toEqual([at + 1, at * 2 + 2])
      expect(slab.kernelOf(flags)).toBe(at % 3 === 0 ? one : other)
      expect((flags & TaskBit.TOLD) !== 0).toBe(at % 2 === 0)
      expect([flags & TaskBit.END, slab.heldOf(place)]).toEqual([0, null])
    }
  })

  test('a slab is let go with the last of its tasks, and its numbers are given out again', () => {
    const slabs = new Slabs()
    const tasks = Array.from({ length: SLAB_TASKS + 1 }, (_, at) => add(slabs, one, at + 1))
    const [first] = tasks
    for (const { slab } of tasks.slice(1)) slabs.leave(slab, 1)
    expect(slabs.of(first?.number ?? 0)).toBe(first?.slab)
    slabs.leave(first?.slab as Slab, 1)
    expect(first?.slab.first).toBeLessThan(0)
    const more = Array.from({ length: SLAB_TASKS }, (_, at) => add(slabs, other, at + 1000))
    expect(more.at(-1)?.number).toBe(first?.number)
    expect(first?.slab.sequenceOf(0)).toBe(1)
  })

  test('a sequence too far from the first of the slab begins another', () => {
    const slabs = new Slabs()
    const near = add(slabs, one, 1)
    const far = add(slabs, one, 2 ** 40)
    expect(far.slab).not.toBe(near.slab)
    expect(far.slab.sequenceOf(placeOf(far.number))).toBe(2 ** 40)
    slabs.leave(near.slab, 1)
    expect(near.slab.first).toBeLessThan(0)
  })

  test('sequences with gaps are told apart from those without', () => {
    const slabs = new Slabs()
    const sequences = [1, 2, 3, 7, 8, 20]
    const tasks = sequences.map((sequence) => add(slabs, one, sequence))
    expect(tasks.map(({ slab, number }) => slab.sequenceOf(placeOf(number)))).toEqual(sequences)
  })

  test('a full slab of which nothing is known any more is left once', () => {
    const slabs = new Slabs()
    const numbers: number[] = []
    for (let sequence = 1; sequence <= 3 * SLAB_TASKS + 1; sequence++) {
      const { slab, number } = add(slabs, one, sequence)
      numbers.push(number)
      slabs.leave(slab, 1)
    }
    expect(Math.min(...numbers)).toBeGreaterThan(0)
  })

  test('a slab for one task has its number to itself, and gives it back', () => {
    const slabs = new Slabs()
    const slab = slabs.alone(7)
    const place = slab.add(one, 7, 3, false)
    expect([slab.takes(8), slab.slotOf(place), slab.sequenceOf(place)]).toEqual([false, 3, 7])
    slab.hold(place, 'a result')
    expect(slab.heldOf(place)).toBe('a result')
    const { first } = slab
    slabs.leave(slab, 1)
    expect(slabs.alone(8).first).toBe(first)
  })

  test('what is held for one task is held for no other', () => {
    const slabs = new Slabs()
    const [{ slab, number }, second] = [add(slabs, one, 1), add(slabs, one, 2)]
    expect(slab.heldOf(placeOf(number))).toBe(null)
    slab.hold(placeOf(number), 'waiting')
    expect([slab.heldOf(placeOf(number)), slab.heldOf(placeOf(second.number))]).toEqual(['waiting', null])
  })
})
