// A process that is told to end ends well, when it was asked to.
import { join } from 'node:path'
import { compiledFixture } from '@catzilla/test-kit/compiled-fixture'
import { describe, expect, test } from 'vitest'
import { Child } from './child-process.ts'
import { tasksForTest } from './tasks-for-test.ts'

const fixture = await compiledFixture(join(import.meta.dirname, 'fixtures', 'signalled.ts'))

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('shuts down: what runs is finished, and the process exits with 0', async () => {
    const child = new Child(fixture, 'asked')
    await child.printed('running begun')
    child.send(signal)
    child.write('release')
    expect(await child.ended).toEqual({ code: 0, signal: null })
    expect(child.lines.filter((line) => !line.startsWith('signal'))).toEqual([
      'running begun',
      'running ended',
      'exit 0',
    ])
  })
})

test('nothing new is taken once the signal has come', async () => {
  const child = new Child(fixture, 'asked')
  await child.printed('running begun')
  child.send('SIGTERM')
  await child.printed('signal, refused: true')
  child.write('release')
  expect((await child.ended).code).toBe(0)
  expect(child.lines).toContain('running ended')
})

test('of two that obey signals, the process waits for both', async () => {
  const child = new Child(fixture, 'two')
  await child.printed('running begun')
  child.send('SIGTERM')
  await child.printed('signal, refused: true')
  child.write('release')
  expect(await child.ended).toEqual({ code: 0, signal: null })
  expect(child.lines).toContain('running ended')
})

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a second signal, %s, ends at once with %i', async (signal, code) => {
  const child = new Child(fixture, 'asked')
  await child.printed('running begun')
  child.send('SIGTERM')
  await child.printed('signal, refused: true')
  child.send(signal)
  expect((await child.ended).code).toBe(code)
  expect(child.lines).not.toContain('running ended')
})

test('a shutdown of one’s own takes the handlers away', async () => {
  const child = new Child(fixture, 'shut')
  await child.printed('running begun')
  child.write('release')
  // the one that is left is that of the fixture
  await child.printed('listeners 1')
  expect(child.lines).toContain('running ended')
})

test('without handleSignals no handler is installed', () => {
  const before = ['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal))
  tasksForTest()
  expect(['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal))).toEqual(before)
})

test('with it two are, which shutdown takes away again', async () => {
  const count = (): number[] => ['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal))
  const before = count()
  const tasks = tasksForTest({ handleSignals: true })
  expect(count()).toEqual(before.map((each) => each + 1))
  await tasks.shutdown()
  expect(count()).toEqual(before)
})
