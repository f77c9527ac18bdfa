// What a store needs of a local engine: ids that go on, starts that are told, and tasks of the past that are taken up.
import { expect, test } from 'vitest'
import { UnknownTaskError, UnsupportedByEngineError } from '../../src/contract/errors.ts'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { NumberedHandle } from '../../src/contract/task-keeper.ts'
import { currentTask } from '../../src/lanes/task-context.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { guardEngine } from '../../src/guard/guarded-engine.ts'
import { createTypeScriptEngine } from '../../src/select-engine.ts'
import { VirtualClock } from '../../src/support/virtual-clock.ts'
import { startEngine } from './started-engine.ts'

const prefix = 'abcdef0123'

async function keptEngine(): Promise<{ engine: TaskEngine; clock: VirtualClock; started: [string, number][] }> {
  const clock = new VirtualClock()
  const engine = createTypeScriptEngine({ clock })
  const started: [string, number][] = []
  engine.keepWith?.({
    idPrefix: prefix,
    lastSequence: 35,
    starting: (taskId, attempt) => void started.push([taskId, attempt]),
  })
  await engine.start()
  return { engine, clock, started }
}

function call(
  engine: TaskEngine,
  handler: () => unknown,
  asked: TaskOptions = {},
): Parameters<TaskEngine['submit']>[0] {
  const options = resolveTaskOptions({ retryJitter: 0, retryDelayMs: 10, ...asked })
  engine.register({ name: 'task', handler, options })
  return { name: 'task', options }
}

const past = { taskId: `${prefix}-z-5`, createdAt: 0, attempts: 0, dueAt: null, retryOf: null }

test('ids begin with the prefix of the keeper and go on after its number', async () => {
  const { engine } = await keptEngine()
  const handle = engine.submit(
    call(engine, () => 1),
    [],
  )
  const { sequence, slot } = handle as NumberedHandle
  expect(handle.taskId).toMatch(/^abcdef0123-10-/)
  expect(handle.taskId).toBe(`${prefix}-${sequence.toString(36)}-${slot.toString(36)}`)
  await handle.wait()
})

test('each attempt is told before its body is called', async () => {
  const { engine, clock, started } = await keptEngine()
  const seen: number[] = []
  const body = (): void => {
    seen.push(started.length)
    if (seen.length === 1) throw new Error('again')
  }
  const handle = engine.submit(call(engine, body), [])
  await clock.advance(10)
  await handle.wait()
  expect(seen).toEqual([1, 2])
  expect(started).toEqual([
    [handle.taskId, 1],
    [handle.taskId, 2],
  ])
})

test('a task that is taken up keeps its id, counts its attempts on and comes due when it would have', async () => {
  const { engine, clock } = await keptEngine()
  const body = (): unknown => [currentTask()?.taskId, currentTask()?.attempt]
  const dueAt = clock.epochMs() + 50
  const handle = engine.takeUp?.(call(engine, body), [], { ...past, attempts: 2, dueAt, retryOf: 'another' })
  expect([handle?.taskId, handle?.status]).toEqual([past.taskId, 'scheduled'])
  expect(await engine.find(past.taskId)).toMatchObject({ dueAt, retryOf: 'another' })
  await clock.advance(49)
  expect(handle?.status).toBe('scheduled')
  await clock.advance(1)
  expect(await handle?.wait()).toEqual([past.taskId, 3])
  expect(handle?.stats()).toMatchObject({ createdAt: 0, retries: 2 })
})

test('the time until it expires counts from its submission', async () => {
  const { engine, clock } = await keptEngine()
  const createdAt = clock.epochMs() - 90
  await engine.pause()
  const handle = engine.takeUp?.(
    call(engine, () => 1, { expireAfterMs: 100 }),
    [],
    { ...past, createdAt },
  )
  await clock.advance(10)
  expect(handle?.status).toBe('expired')
})

test('the id of another keeper is refused', async () => {
  const { engine } = await keptEngine()
  const task = call(engine, () => 1)
  expect(() => engine.takeUp?.(task, [], { ...past, taskId: 'ffffff0123-1-1' })).toThrow(UnknownTaskError)
})

test('an engine gets its keeper before it is started, and one that knows none says so', async () => {
  const { engine } = await startEngine()
  const keeper = { idPrefix: prefix, lastSequence: 0, starting: () => {} }
  expect(() => engine.keepWith?.(keeper)).toThrow(/cannot be made durable after its start/)
  const lacking = { name: 'strange', start: async () => {} } as TaskEngine
  const strange = guardEngine(lacking)
  expect(() => strange.keepWith?.(keeper)).toThrow(UnsupportedByEngineError)
  await strange.start()
  expect(() =>
    strange.takeUp?.(
      call(engine, () => 1),
      [],
      past,
    ),
  ).toThrow(/cannot take up tasks/)
})
