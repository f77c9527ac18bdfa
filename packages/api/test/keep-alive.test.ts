// What keeps a process alive: tasks that wait and schedules, and nothing else.
import { join } from 'node:path'
import { compiledFixture } from '@catzilla/test-kit/compiled-fixture'
import { expect, test } from 'vitest'
import { Child } from './child-process.ts'

const fixture = await compiledFixture(join(import.meta.dirname, 'fixtures', 'kept-alive.ts'))

test.each([
  ['idle', 'an engine without tasks does not', ['idle', 'exit 0']],
  ['queued', 'a queued task does until it ends', ['ran', 'exit 0']],
  ['delayed', 'a scheduled task does until it ends', ['ran', 'exit 0']],
  ['settled', 'a result that is kept does not', ['ran', 'settled', 'exit 0']],
  ['scheduled', 'a schedule does until it is removed', ['ran', 'removed', 'exit 0']],
  ['pausedSchedule', 'a schedule that is paused does not', ['exit 0']],
  ['shut', 'nothing does after shutdown', ['cancelled 1', 'exit 0']],
])('%s: %s', async (name, _, lines) => {
  const child = new Child(fixture, name)
  expect((await child.ended).code).toBe(0)
  // a slow machine may run two slots together
  expect([...new Set(child.lines)]).toEqual(lines)
})
