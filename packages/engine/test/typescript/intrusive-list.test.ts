// The linked list against a plain array: the same order whatever is done to it, forwards and backwards.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IntrusiveList } from '../../src/typescript/intrusive-list.ts'
import type { TaskRecord } from '../../src/typescript/task-record.ts'
import { recordOf } from '../records.ts'

function backwards(list: IntrusiveList): TaskRecord[] {
  const records: TaskRecord[] = []
  for (let record = list.tail; record !== null; record = record.prev) records.unshift(record)
  return records
}

function contents(list: IntrusiveList): unknown {
  const forwards = [...list]
  return {
    forwards,
    backwards: backwards(list),
    length: list.length,
    here: forwards.every((each) => each.list === list),
  }
}

function expected(model: readonly TaskRecord[]): unknown {
  return { forwards: model, backwards: model, length: model.length, here: true }
}

const action = fc.constantFrom('push' as const, 'unshift' as const, 'remove' as const, 'shift' as const)

describe('IntrusiveList', () => {
  test('any pushes, unshifts, removes and shifts: as an array does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(action, fc.nat()), { maxLength: 60 }), (steps) => {
        const list = new IntrusiveList()
        const model: TaskRecord[] = []
        const free: TaskRecord[] = []
        for (const [index, [what, pick]] of steps.entries()) {
          // records that were taken out come back: nothing may be left over from their time before
          const record = free.pop() ?? recordOf(index)
          if (what === 'push') {
            list.push(record)
            model.push(record)
          } else if (what === 'unshift') {
            list.unshift(record)
            model.unshift(record)
          } else if (what === 'shift') {
            model.shift()
            const first = list.shift()
            if (first !== null) free.push(first)
          } else if (model.length > 0) {
            for (const removed of model.splice(pick % model.length, 1)) {
              list.remove(removed)
              free.push(removed)
            }
          }
          expect(contents(list)).toEqual(expected(model))
          for (const { list: none, prev, next } of free) expect([none, prev, next]).toEqual([null, null, null])
        }
      }),
      { ...seeded, numRuns: 200 },
    )
  })

  test('insertByTurn keeps the order of submission, whatever the order of the calls', () => {
    const sequences = fc.uniqueArray(fc.nat(1000), { maxLength: 30 })
    fc.assert(
      fc.property(sequences, fc.array(fc.nat()), (order, removals) => {
        const list = new IntrusiveList()
        let model: TaskRecord[] = []
        for (const sequence of order) {
          const record = recordOf(sequence)
          list.insertByTurn(record)
          model = [...model, record].toSorted((a, b) => a.sequence - b.sequence)
          expect(contents(list)).toEqual(expected(model))
        }
        for (const pick of removals.filter(() => model.length > 0)) {
          const [removed] = model.splice(pick % Math.max(1, model.length), 1)
          if (removed !== undefined) list.remove(removed)
          expect(contents(list)).toEqual(expected(model))
        }
      }),
      seeded,
    )
  })

  test('a record moves from list to list', () => {
    const [one, other] = [new IntrusiveList(), new IntrusiveList()]
    const records = [recordOf(1), recordOf(2), recordOf(3)] as const
    for (const record of records) one.push(record)
    one.remove(records[1])
    other.push(records[1])
    expect(contents(one)).toEqual(expected([records[0], records[2]]))
    expect(contents(other)).toEqual(expected([records[1]]))
  })

  test('shift of an empty list is null, and the list stays usable', () => {
    const list = new IntrusiveList()
    expect(list.shift()).toBeNull()
    const record = recordOf(1)
    list.unshift(record)
    expect(contents(list)).toEqual(expected([record]))
  })
})
