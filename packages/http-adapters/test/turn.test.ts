// What goes on at the end of a turn of the event loop.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { atEndOfTurn } from '../src/bridges/turn.ts'

test('what comes in one turn goes on together and in order, and what comes of that in the next', async () => {
  const seen: string[] = []
  atEndOfTurn(() => {
    seen.push('first')
    queueMicrotask(() => seen.push('after both'))
    atEndOfTurn(() => seen.push('in the next turn'))
  })
  atEndOfTurn(() => seen.push('second'))
  expect(seen).toEqual([])
  await turn()
  expect(seen.slice(0, 3)).toEqual(['first', 'second', 'after both'])
  await turn()
  expect(seen).toEqual(['first', 'second', 'after both', 'in the next turn'])
})
