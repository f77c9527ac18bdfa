// Events for others: diagnostics channels and loggers, pino among them.
import { publishToChannels, logTasks } from '@catzilla/monitor'
import type { TaskLogger } from '@catzilla/monitor'
import { channel } from 'node:diagnostics_channel'
import { Writable } from 'node:stream'
import pino from 'pino'
import { expect, test } from 'vitest'
import { callOf, startEngine } from './engines.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function failing(): never {
  throw new Error('bad end')
}

test('events are published on their channels, until that is stopped', async () => {
  const engine = await startEngine('typescript')
  const heard: unknown[] = []
  const listen = (event: unknown): unknown => heard.push(event)
  const completed = channel('catzilla.task.completed')
  completed.subscribe(listen)
  const stop = publishToChannels(engine)
  const handle = engine.submit(
    callOf('one', () => 1),
    [],
  )
  await handle.wait()
  await turn()
  stop()
  await engine
    .submit(
      callOf('one', () => 1),
      [],
    )
    .wait()
  await turn()
  completed.unsubscribe(listen)
  expect(heard).toEqual([expect.objectContaining({ type: 'completed', name: 'one', taskId: handle.taskId })])
})

test('pino writes failures as errors, without results or arguments', async () => {
  const engine = await startEngine('typescript')
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  const stop = logTasks(engine, pino({ level: 'debug' }, stream))
  await engine
    .submit(
      callOf('good', () => 'secret result'),
      ['secret argument'],
    )
    .wait()
  await engine
    .submit(callOf('bad', failing), [])
    .wait()
    .catch(() => {})
  await turn()
  stop()
  const failed = lines.find(({ event }) => event === 'failed')
  expect(failed).toMatchObject({
    level: 50,
    name: 'bad',
    msg: 'task bad failed: bad end',
    err: { type: 'Error', message: 'bad end' },
  })
  expect(lines.filter(({ event }) => event === 'completed')).toHaveLength(1)
  expect(JSON.stringify(lines)).not.toContain('secret')
})

test('levels that the logger does not write, and events that are left out, are not asked for', async () => {
  const engine = await startEngine('typescript')
  const lines: string[] = []
  const write = (_: object, message: string): unknown => lines.push(message)
  const logger: TaskLogger = {
    trace: write,
    debug: write,
    info: write,
    warn: write,
    error: write,
    isLevelEnabled: (level) => level !== 'debug',
  }
  const stop = logTasks(engine, logger, { failed: null, scheduled: 'debug', queued: null, drained: 'info' })
  await engine
    .submit(callOf('bad', failing), [])
    .wait()
    .catch(() => {})
  await turn()
  stop()
  expect(lines).toEqual(['nothing is left to do'])
})
