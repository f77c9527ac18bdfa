// Making background tasks: defaults, options and their checks, and which engine is chosen.
import { availableParallelism } from 'node:os'
import { BackgroundTasks, ConfigurationError, EngineUnavailableError, TaskPriority, createTasks } from '@catzilla/api'
import type { TasksOptions } from '@catzilla/api'
import { createTypeScriptEngine } from '@catzilla/engine'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

beforeEach(() => {
  vi.stubEnv('CATZILLA_ENGINE', undefined)
  vi.stubEnv('CATZILLA_DURABLE', undefined)
})

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('zero configuration', () => {
  test('createTasks() runs tasks', async () => {
    const tasks = createTasks()
    await tasks.ready
    expect(
      await tasks
        .task({ name: 'add' }, (a: number, b: number) => a + b)
        .delay(1, 2)
        .wait(),
    ).toBe(3)
    await tasks.shutdown()
  })

  test('new BackgroundTasks() is the same thing', async () => {
    const tasks = new BackgroundTasks()
    expect(createTasks()).toBeInstanceOf(BackgroundTasks)
    expect(await tasks.addTask(() => 'ran').wait()).toBe('ran')
    await tasks.shutdown()
  })

  test('the defaults of a task are those of the documentation', () => {
    const { options } = createTasks().task({ name: 'defaults' }, () => 1)
    expect(options).toEqual({
      priority: TaskPriority.NORMAL,
      delayMs: 0,
      runAt: undefined,
      maxRetries: 3,
      retryBackoff: 'exponential',
      retryDelayMs: 1000,
      retryMaxDelayMs: 60_000,
      retryJitter: 0.2,
      timeoutMs: 30_000,
      expireAfterMs: undefined,
      memoryLimitMb: 100,
      lane: 'inline',
      compile: 'auto',
      concurrency: undefined,
      limits: undefined,
      uniqueKey: undefined,
      onConflict: 'existing',
      tags: [],
      metadata: {},
      signal: undefined,
      onSuccess: undefined,
      onFailure: undefined,
      onRetry: undefined,
      keepResultMs: 300_000,
      module: undefined,
      transfer: false,
      cancelGraceMs: 500,
    })
  })

  test('64 tasks run at once, 10000 wait', async () => {
    const tasks = tasksForTest()
    expect(tasks.getStats().lanes.inline?.slots).toBe(64)
    await tasks.pause()
    const one = tasks.task({ name: 'one' }, () => 1)
    one.batch(Array.from({ length: 10_000 }, () => []))
    expect(() => one.delay()).toThrow(/queueSize 10000/)
  })

  test('the options of the engine are accepted, and one process may have many', async () => {
    const cpus = availableParallelism()
    const all = { workers: cpus, minWorkers: 1, maxWorkers: cpus * 4, enableAutoScaling: false, memoryPoolMb: 1000 }
    const [a, b] = [tasksForTest(all), tasksForTest()]
    a.task({ name: 'same' }, () => 'a')
    b.task({ name: 'same' }, () => 'b')
    expect(await b.taskNamed('same').delay().wait()).toBe('b')
    expect(a.getStats().submittedTasks).toBe(0)
  })
})

describe('wrong options', () => {
  const wrong: [option: string, value: unknown, accepts: string][] = [
    ['engine', 5, "'auto', an engine's name, an engine URL or a TaskEngine"],
    ['engine', '', "'auto', an engine's name, an engine URL or a TaskEngine"],
    ['durable', 1, 'a directory'],
    ['compile', true, "'auto' or false"],
    ['compile', 'require', "'auto' or false"],
    ['shutdownTimeoutMs', -1, 'a number of milliseconds ≥ 0'],
    ['shutdownTimeoutMs', '30s', 'a number of milliseconds ≥ 0'],
    ['handleSignals', 'yes', 'true or false'],
    ['taskDefaults', [], 'options of a task'],
    ['workers', 0, 'an integer 1..1024'],
    ['workers', 2.5, 'an integer 1..1024'],
    ['minWorkers', '2', 'an integer 1..1024'],
    ['maxWorkers', 5000, 'an integer 1..4096'],
    ['queueSize', 0, 'an integer ≥ 1'],
    ['queueSize', Number.NaN, 'an integer ≥ 1'],
    ['inlineConcurrency', -1, 'an integer ≥ 1'],
    ['enableAutoScaling', 1, 'true or false'],
    ['memoryPoolMb', 0, 'a number of MiB > 0'],
    ['keepResults', -1, 'an integer ≥ 0'],
    ['clock', Date.now, 'a Clock'],
    ['random', 0.5, 'a function giving numbers in [0, 1)'],
  ]

  test.each(wrong)('%s: %o is refused by name, with what it accepts', (option, value, accepts) => {
    const error = thrownBy(() => createTasks({ [option]: value }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(`createTasks: ${option} accepts ${accepts}`)
    expect(error.message).toMatch(/, got \S/)
  })

  test('an unknown option is refused, with the one that was meant', () => {
    const error = thrownBy(() => createTasks({ queuesize: 5 } as TasksOptions))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/no option "queuesize"; did you mean queueSize\?/)
  })

  test.each([[null], ['auto'], [[]]])('%o instead of options is refused', (options) => {
    expect(() => createTasks(options as TasksOptions)).toThrow(ConfigurationError)
  })

  test.each([
    { workers: 2, minWorkers: 3 },
    { workers: 4, maxWorkers: 3 },
  ])('%o contradict each other', (options) => {
    expect(() => createTasks(options)).toThrow(/minWorkers ≤ workers ≤ maxWorkers/)
  })

  test('a wrong default of tasks is refused at once, by name', () => {
    const error = thrownBy(() => createTasks({ taskDefaults: { maxRetries: -1 } }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toBe('createTasks: taskDefaults: maxRetries accepts an integer ≥ 0, got -1')
  })

  test('an option that is undefined is not given', () => {
    const options = { queueSize: undefined, engine: undefined, taskDefaults: undefined, compile: undefined }
    // as JavaScript may write it
    const tasks = createTasks(options as object)
    expect(tasks.getStats().queuePressure).toBe(0)
  })
})

describe('taskDefaults', () => {
  const tasks = createTasks({ compile: false, taskDefaults: { priority: 'low', maxRetries: 7, tags: ['all'] } })

  test('hold for tasks that say nothing', () => {
    const task = tasks.task({ name: 'silent' }, () => 1)
    expect(task.options).toMatchObject({ priority: 3, maxRetries: 7, tags: ['all'], timeoutMs: 30_000, compile: false })
  })

  test('call overrides task overrides engine', () => {
    const task = tasks.task({ name: 'speaking', maxRetries: 5, priority: 'normal' }, () => 1)
    const call = task.with({ priority: 'critical' })
    expect(task.options).toMatchObject({ priority: 2, maxRetries: 5, tags: ['all'] })
    expect(call.options).toMatchObject({ priority: 0, maxRetries: 5, tags: ['all'] })
    expect(call.with({ maxRetries: 1 }).options).toMatchObject({ priority: 0, maxRetries: 1, tags: ['all'] })
    expect(task.options.priority).toBe(2)
  })

  test('an undefined option overrides nothing', () => {
    const task = tasks.task({ name: 'undefined' }, () => 1)
    expect(task.with({ priority: undefined } as object).options.priority).toBe(3)
  })

  test('hold for plain functions too', async () => {
    const result = tasks.addTask(() => 1)
    expect(result.getStats().priority).toBe(3)
    expect(tasks.addTask(() => 1, [], { priority: 'high' }).getStats().priority).toBe(1)
    await tasks.shutdown()
  })

  test('delayMs and runAt override each other, and contradict in one place', () => {
    const task = createTasks({ taskDefaults: { delayMs: 500 } }).task({ name: 'late', runAt: 1000 }, () => 1)
    expect(task.options).toMatchObject({ delayMs: 0, runAt: 1000 })
    expect(task.with({ delayMs: 5 }).options).toMatchObject({ delayMs: 5, runAt: undefined })
    expect(() => task.with({ delayMs: 5, runAt: 5 })).toThrow(/delayMs and runAt contradict/)
  })
})

describe('the engine', () => {
  test.each(['typescript', 'typescript:'])('%s is chosen by name', (engine) => {
    const { engineInfo } = createTasks({ engine })
    expect(engineInfo).toEqual({ name: 'typescript', reason: `the engine option is "${engine}"`, passedOver: [] })
  })

  test('CATZILLA_ENGINE decides when nothing is asked for', () => {
    vi.stubEnv('CATZILLA_ENGINE', 'typescript')
    const { engineInfo } = createTasks()
    expect(engineInfo).toEqual({ name: 'typescript', reason: 'CATZILLA_ENGINE is "typescript"', passedOver: [] })
    expect(createTasks({ engine: 'typescript' }).engineInfo.reason).toMatch(/^the engine option/)
  })

  test('the engine option goes before CATZILLA_ENGINE', () => {
    vi.stubEnv('CATZILLA_ENGINE', 'warp')
    expect(() => createTasks()).toThrow(ConfigurationError)
    expect(createTasks({ engine: 'typescript' }).engineInfo.name).toBe('typescript')
  })

  test('a wrong CATZILLA_ENGINE is refused by that name', () => {
    vi.stubEnv('CATZILLA_ENGINE', 'warp')
    const error = thrownBy(() => createTasks())
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/^CATZILLA_ENGINE accepts 'auto', .*got "warp"$/)
  })

  test('an unknown URL is refused without its password', () => {
    const error = thrownBy(() => createTasks({ engine: 'mongodb://user:hunter2@localhost' }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/the engine option accepts .*'redis:…'.* got "mongodb:/)
    expect(error.message).not.toMatch(/hunter2/)
  })

  test('one may be handed in', async () => {
    const engine = createTypeScriptEngine({ inlineConcurrency: 3 })
    const tasks = createTasks({ engine })
    await tasks.ready
    expect(tasks.engineInfo).toMatchObject({ name: 'typescript', reason: 'the engine option is an engine' })
    expect(tasks.getStats().totalWorkers).toBe(3)
    expect(await tasks.addTask((a: number) => a * 2, [4]).wait()).toBe(8)
    await tasks.shutdown()
  })

  test('the options of an engine that is handed in are set there', () => {
    const error = thrownBy(() => createTasks({ engine: createTypeScriptEngine(), queueSize: 5, workers: 2 }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/queueSize, workers cannot be applied to an engine that was made before/)
  })

  test('an option that is undefined is not given to an engine that is handed in', () => {
    const options = { engine: createTypeScriptEngine(), queueSize: undefined }
    expect(createTasks(options as object).engineInfo.name).toBe('typescript')
  })

  test('an object that is no engine is refused', () => {
    expect(() => createTasks({ engine: {} as never })).toThrow(/the engine option accepts .* or an engine/)
  })

  test('an engine that does not start rejects ready, and only ready', async () => {
    const engine = createTypeScriptEngine()
    engine.start = () => Promise.reject(new EngineUnavailableError('the broker does not answer'))
    const tasks = createTasks({ engine })
    const error = await rejectionOf(tasks.ready)
    expect(error).toBeInstanceOf(EngineUnavailableError)
  })
})

describe('durable', () => {
  test('is not asked for by an empty CATZILLA_DURABLE', () => {
    vi.stubEnv('CATZILLA_DURABLE', '')
    expect(createTasks({ engine: 'typescript' }).engine.capabilities.durable).toBe(false)
  })
})
