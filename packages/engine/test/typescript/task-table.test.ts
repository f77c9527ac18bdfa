// Ids find their tasks and nothing else: not the next tenant of the slot, and nothing for ids from elsewhere.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TaskRecord } from '../../src/typescript/task-record.ts'
import { TaskTable } from '../../src/typescript/task-table.ts'
import { planOf } from '../records.ts'

const plan = planOf()

describe('TaskTable', () => {
  test('adding and removing at random: each id finds its own task while it is kept, and nothing ever after', () => {
    const step = fc.oneof(fc.constant('add' as const), fc.nat())
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const table = new TaskTable('t')
        const kept = new Map<string, TaskRecord>()
        const gone: string[] = []
        const given: string[] = []
        for (const each of steps) {
          if (each === 'add') {
            const record = table.add(plan, [], 0)
            given.push(table.idOf(record))
            kept.set(table.idOf(record), record)
          } else {
            for (const [id, record] of [...kept].splice(each % Math.max(1, kept.size), 1)) {
              table.remove(record)
              kept.delete(id)
              gone.push(id)
            }
          }
          expect(table.size).toBe(kept.size)
          expect(new Set(table)).toEqual(new Set(kept.values()))
        }
        expect(new Set(given).size).toBe(given.length)
        for (const [id, record] of kept) expect(table.find(id)).toBe(record)
        for (const id of gone) expect(table.find(id)).toBeUndefined()
      }),
      seeded,
    )
  })

  test('slots are used again, sequences are not', () => {
    const table = new TaskTable('t')
    const first = table.add(plan, [], 0)
    table.remove(first)
    const second = table.add(plan, [], 0)
    expect(second.slot).toBe(first.slot)
    expect(second.sequence).toBeGreaterThan(first.sequence)
  })

  test('removing twice does not free the slot of the next tenant', () => {
    const table = new TaskTable('t')
    const first = table.add(plan, [], 0)
    table.remove(first)
    const second = table.add(plan, [], 0)
    table.remove(first)
    const third = table.add(plan, [], 0)
    expect(table.find(table.idOf(second))).toBe(second)
    expect(third.slot).not.toBe(second.slot)
    expect(table.size).toBe(2)
  })

  test('tables with another prefix do not know the id', () => {
    const [here, there] = [new TaskTable('aaaa'), new TaskTable('bbbb')]
    there.add(plan, [], 0)
    expect(there.find(here.idOf(here.add(plan, [], 0)))).toBeUndefined()
  })

  const strangers = [
    ...'|-|--|t|t-|t-1|t-1-|t--0|t-1-0-|t-1-0-0|-1-0| t-1-0|t-1-0 |T-1-0|t-1-00|t-01-0|t-1-0x|t-1--0'.split('|'),
    ...'t-1-+0|t-+1-0|t-1-0.0|t-1-1|t-2-0|t-1-length|t-1-__proto__|t-1-constructor|__proto__|t-1-٠'.split('|'),
    't-1-0\0',
    't-1-0\n',
    `t-1-${'z'.repeat(1000)}`,
    '-'.repeat(1000),
  ]

  test.each(strangers)('%j finds nothing', (id) => {
    const table = new TaskTable('t')
    const record = table.add(plan, [], 0)
    expect(table.idOf(record)).toBe('t-1-0')
    expect(table.find('t-1-0')).toBe(record)
    expect(table.find(id)).toBeUndefined()
  })

  test('no text but the id itself finds the task', () => {
    const table = new TaskTable('t')
    for (let index = 0; index < 50; index++) table.add(plan, [], 0)
    const part = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.nat(60).map((n) => n.toString(36)),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const id = ['t', ...parts].join('-')
        const found = table.find(id)
        expect(found === undefined ? id : table.idOf(found)).toBe(id)
      }),
      { ...seeded, numRuns: 1000 },
    )
  })

  test('tasks may be removed while the table is read', () => {
    const table = new TaskTable('t')
    for (let index = 0; index < 5; index++) table.add(plan, [], 0)
    let seen = 0
    for (const record of table) {
      seen++
      table.remove(record)
    }
    expect([seen, table.size]).toEqual([5, 0])
  })
})
