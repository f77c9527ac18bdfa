// The states that docs/how-it-works.md shows are those of the one table.
import { taskTransitions } from '@catzilla/engine'
import { expect, test } from 'vitest'
import { readPage } from '../src/page.ts'

test('docs/how-it-works.md shows every move between states, and no other', () => {
  const block = readPage('docs/how-it-works.md').blocks.find(({ runBy }) => runBy?.endsWith('states.test.ts') === true)
  const width = Math.max(...['scheduled', 'retrying'].map((name) => name.length))
  const moves = Object.entries(taskTransitions)
    .filter(([, to]) => to.length > 0)
    .map(([from, to]) => `${from.padEnd(width)} → ${to.join(', ')}\n`)
  expect(block?.code).toBe(moves.join(''))
})
