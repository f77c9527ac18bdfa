// The guard round an engine: the life cycle, and calls of the wrong shape, which never reach the engine.
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test, vi } from 'vitest'
import {
  ConfigurationError,
  EngineClosedError,
  EngineUnavailableError,
  TaskDefinitionError,
  UnsupportedByEngineError,
} from '../../src/contract/errors.ts'
import type { EngineEventType } from '../../src/contract/events.ts'
import type { TaskEngine, TaskQuery } from '../../src/contract/task-engine.ts'
import type { TaskCall, TaskDefinition } from '../../src/contract/task.ts'
import { guardEngine } from '../../src/guard/guarded-engine.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import { TypeScriptEngine } from '../../src/typescript/typescript-engine.ts'

const call: TaskCall = { name: 'task', options: resolveTaskOptions({}), handler: () => 'ran' }
const now = { waitForCompletion: false, timeoutMs: 0 }
const emptyGraph = {
  calls: [],
  stepCalls: new Uint32Array(0),
  argEnds: new Uint32Array(0),
  argSteps: new Uint32Array(0),
  argNumbers: new Float64Array(0),
}
const gently = { waitForCompletion: true, timeoutMs: Infinity }

function guarded(): { inner: TypeScriptEngine; engine: TaskEngine } {
  const inner = new TypeScriptEngine({ queueSize: 1 })
  return { inner, engine: guardEngine(inner) }
}

async function started(): Promise<{ inner: TypeScriptEngine; engine: TaskEngine }> {
  const pair = guarded()
  await pair.engine.start()
  return pair
}

/** Every way to give an engine work. */
const givings: [string, (engine: TaskEngine) => Promise<unknown>][] = [
  ['submit', async (engine) => engine.submit(call, [])],
  ['submitMany', async (engine) => engine.submitMany(call, [[]])],
  ['submitGraph', async (engine) => engine.submitGraph?.({ name: 'graph', priority: 2 }, emptyGraph)],
  ['room', (engine) => engine.room()],
  ['retry', (engine) => engine.retry('any')],
]

describe('guardEngine', () => {
  test('shows the name and the capabilities of the engine inside', () => {
    const { inner, engine } = guarded()
    expect(engine.name).toBe('typescript')
    expect(engine.capabilities).toBe(inner.capabilities)
  })

  test('an engine that runs no graphs says so', async () => {
    const { engine } = await started()
    const reason = 'the typescript engine runs no graphs in C'
    expect(engine.graphStepOf?.(call, 1)).toEqual({ call: null, reason, runMs: Infinity })
    const thrown = thrownBy(() => engine.submitGraph?.({ name: 'graph', priority: 2 }, emptyGraph))
    expect(thrown).toBeInstanceOf(UnsupportedByEngineError)
    await engine.stop(now)
  })

  test('an engine is guarded once', () => {
    const { engine } = guarded()
    expect(guardEngine(engine)).toBe(engine)
  })
})

describe('the life cycle', () => {
  test.each(givings)('before start, %s is refused and says what to do', async (_, give) => {
    const error = await rejectionOf(give(guarded().engine))
    expect(error).toBeInstanceOf(EngineClosedError)
    expect(error.message).toMatch(
      /^the typescript engine cannot be given .*has not been started; call start\(\) first$/,
    )
  })

  test('submitting is legal as soon as start was called', async () => {
    const { engine } = guarded()
    const starting = engine.start()
    expect(await engine.submit(call, []).wait()).toBe('ran')
    await starting
  })

  test('starting twice is a mistake, told as one, and the engine goes on', async () => {
    const { engine } = await started()
    const error = await rejectionOf(engine.start())
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain('was started already')
    expect(await engine.submit(call, []).wait()).toBe('ran')
  })

  test('what the engine rejects with at its start comes through', async () => {
    const { inner, engine } = guarded()
    const error = new EngineUnavailableError('no broker')
    vi.spyOn(inner, 'start').mockRejectedValue(error)
    expect(await rejectionOf(engine.start())).toBe(error)
  })

  test.each(givings)('while it stops, %s is refused', async (_, give) => {
    const { engine } = await started()
    let end = (): void => {}
    const body = new Promise<void>((resolve) => (end = resolve))
    engine.submit({ ...call, handler: () => body }, [])
    const report = engine.stop(gently)
    await Promise.resolve()
    const error = await rejectionOf(give(engine))
    expect(error).toBeInstanceOf(EngineClosedError)
    expect(error.message).toContain('it is stopping')
    end()
    expect(await report).toMatchObject({ completed: 1 })
  })

  test.each(givings)('after stop, %s is refused', async (_, give) => {
    const { engine } = await started()
    await engine.stop(now)
    const error = await rejectionOf(give(engine))
    expect(error).toBeInstanceOf(EngineClosedError)
    expect(error.message).toContain('it is stopped; make a new engine')
  })

  test('a stopped engine does not start again, nor one stopped before its start', async () => {
    for (const { engine } of [await started(), guarded()]) {
      await engine.stop(now)
      expect(await rejectionOf(engine.start())).toBeInstanceOf(EngineClosedError)
    }
  })

  test('stopping what never started reports nothing, and does not touch the engine', async () => {
    const { inner, engine } = guarded()
    const stop = vi.spyOn(inner, 'stop')
    expect(await engine.stop(now)).toEqual({ completed: 0, cancelled: 0, requeued: 0, abandoned: [] })
    expect(stop).not.toHaveBeenCalled()
  })

  test('stopping again, with whatever options, gives the first report', async () => {
    const { inner, engine } = await started()
    const stop = vi.spyOn(inner, 'stop')
    engine.submit({ ...call, options: resolveTaskOptions({ delayMs: 60_000 }) }, []).onSettled(() => {})
    const [first, second] = await Promise.all([engine.stop(now), engine.stop(gently)])
    expect(first).toMatchObject({ cancelled: 1 })
    expect(second).toBe(first)
    expect(await engine.stop(now)).toBe(first)
    expect(stop).toHaveBeenCalledOnce()
  })

  test('those who wait for room when the engine stops are refused', async () => {
    const { engine } = await started()
    engine.submit({ ...call, options: resolveTaskOptions({ delayMs: 60_000 }) }, [])
    const waiting = [engine.room(), engine.room()].map(rejectionOf)
    await engine.stop(now)
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(EngineClosedError)
  })

  test('tasks can still be looked up and read after stop', async () => {
    const { engine } = await started()
    const handle = engine.submit(call, [])
    await handle.wait()
    await engine.stop(gently)
    expect(await engine.find(handle.taskId)).toMatchObject({ status: 'completed' })
    expect((await engine.list()).tasks).toHaveLength(1)
    expect(engine.snapshot().completedTasks).toBe(1)
    expect(await engine.cancel(handle.taskId)).toBe(false)
  })
})

describe('register', () => {
  const options = resolveTaskOptions({})

  test.each([[''], [undefined], [null], [5], [{}]])('a name that is %o is refused', (name) => {
    const { inner, engine } = guarded()
    const register = vi.spyOn(inner, 'register')
    const error = thrownBy(() => engine.register({ name, handler: () => {}, options } as TaskDefinition))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toContain('name of a task must be a text')
    expect(register).not.toHaveBeenCalled()
  })

  test.each([[undefined], [null], ['handler'], [{}], [Promise.resolve()]])(
    'a handler that is %o is refused',
    (handler) => {
      const { engine } = guarded()
      const definition = { name: 'mail', handler, options }
      const error = thrownBy(() => engine.register(definition as TaskDefinition))
      expect(error).toBeInstanceOf(TaskDefinitionError)
      expect(error.message).toMatch(/^task 'mail': the handler must be a function, got /)
    },
  )

  test('registering before start is legal, the same handler again too, another one not', async () => {
    const { engine } = guarded()
    const definition = { name: 'mail', handler: () => 'sent', options }
    engine.register(definition)
    engine.register({ ...definition })
    expect(thrownBy(() => engine.register({ ...definition, handler: () => 'x' }))).toBeInstanceOf(TaskDefinitionError)
    await engine.start()
    expect(await engine.submit({ name: 'mail', options }, []).wait()).toBe('sent')
  })
})

describe('questions of the wrong shape', () => {
  test.each<[unknown, string]>([
    [{ status: 'done' }, 'status accepts one or an array of scheduled, pending'],
    [{ status: ['failed', 'done'] }, 'status accepts'],
    [{ name: '' }, 'name accepts a text, got ""'],
    [{ priority: 'high' }, 'priority accepts 0..3, got "high"'],
    [{ priority: 4 }, 'priority accepts'],
    [{ tags: 'a' }, 'tags accepts an array of texts'],
    [{ tags: [''] }, 'tags accepts'],
    [{ limit: 0 }, 'limit accepts an integer 1..1000, got 0'],
    [{ limit: 1001 }, 'limit accepts'],
    [{ limit: Number.NaN }, 'limit accepts'],
    [{ cursor: 5 }, 'cursor accepts the nextCursor of a page'],
    [{ states: 'failed' }, 'did you mean status?'],
    [[], 'task query must be an object'],
    [null, 'task query must be an object'],
  ])('list(%o)', async (query, text) => {
    const { inner, engine } = await started()
    const list = vi.spyOn(inner, 'list')
    const error = await rejectionOf(engine.list(query as TaskQuery))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain(text)
    expect(list).not.toHaveBeenCalled()
  })

  test.each([
    {},
    { status: 'failed' },
    { status: ['failed', 'expired'], limit: 1000, tags: ['a'], priority: 0, name: 'n' },
  ])('list(%o) is answered', async (query) =>
    expect(await (await started()).engine.list(query as TaskQuery)).toMatchObject({ tasks: [] }),
  )

  test.each([{}, { reason: 'why' }, { inlineConcurrency: 0 }, { workers: 1.5 }, { workers: 5000 }, { threads: 4 }])(
    'scale(%o)',
    async (target) => {
      const { inner, engine } = await started()
      const scale = vi.spyOn(inner, 'scale')
      expect(await rejectionOf(engine.scale(target))).toBeInstanceOf(ConfigurationError)
      expect(scale).not.toHaveBeenCalled()
    },
  )

  test.each([{ timeoutMs: -1 }, { timeoutMs: Number.NaN }, { waitForCompletion: 1 }, { timeout: 5 }])(
    'stop(%o) is refused and stops nothing',
    async (wrong) => {
      const { engine } = await started()
      const options = { ...now, ...wrong } as typeof now
      expect(await rejectionOf(engine.stop(options))).toBeInstanceOf(ConfigurationError)
      expect(await engine.submit(call, []).wait()).toBe('ran')
    },
  )

  test('stop() without options waits for what there is, as documented', async () => {
    const { inner, engine } = await started()
    const stop = vi.spyOn(inner, 'stop')
    await engine.stop({} as typeof now)
    expect(stop).toHaveBeenCalledWith({ waitForCompletion: true, timeoutMs: 30_000 })
  })

  test.each([undefined, 5, {}])('the id %o is refused', async (id) => {
    const { engine } = await started()
    for (const asked of [engine.find(id as string), engine.cancel(id as string), engine.retry(id as string)]) {
      expect(String(await rejectionOf(asked))).toContain('the id of a task is a text')
    }
  })

  test('an engine that could not be started may be started again', async () => {
    const { inner, engine } = guarded()
    vi.spyOn(inner, 'start').mockRejectedValueOnce(new Error('not reachable'))
    expect(String(await rejectionOf(engine.start()))).toContain('not reachable')
    expect(() => engine.submit(call, [])).toThrow('has not been started')
    await engine.start()
    expect(await engine.submit(call, []).wait()).toBe('ran')
  })

  test('an event that there is not is refused, with those that there are, and nothing is subscribed', () => {
    const { inner, engine } = guarded()
    const subscribe = vi.spyOn(inner, 'subscribe')
    const error = thrownBy(() => engine.subscribe(['failed', 'done' as EngineEventType], () => {}))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/^there is no event "done"; known are scheduled, queued, .*drained$/)
    expect(subscribe).not.toHaveBeenCalled()
  })
})
