// The crash-safe store round a local engine, as far as it is chosen here; the store itself has its own tests.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, EngineUnavailableError, TaskDefinitionError, createTasks } from '@catzilla/api'
import { createTypeScriptEngine } from '@catzilla/engine'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { wrapDurable } from '../src/durable.ts'
import { describeOnEachEngine } from './engines.ts'

test('the package wraps the engine in its store', () => {
  const engine = createTypeScriptEngine()
  const wrapped = createTypeScriptEngine()
  const loaded: unknown[] = []
  const load = (name: string): unknown => {
    loaded.push(name)
    return {
      createDurableEngine: (...args: unknown[]) => {
        loaded.push(...args)
        return wrapped
      },
    }
  }
  expect(wrapDurable(engine, './data', {}, load)).toBe(wrapped)
  expect(loaded).toEqual(['@catzilla/durable', engine, './data', {}])
  const config = { directory: './data', durability: 'relaxed' } as const
  wrapDurable(engine, config, { keepResults: 5, queueSize: 9 }, load)
  expect(loaded.slice(-3)).toEqual([engine, './data', { durability: 'relaxed', keepResults: 5 }])
})

test('an engine that is durable by itself is not wrapped', () => {
  const broker = { ...createTypeScriptEngine(), name: 'bullmq', capabilities: { durable: true } }
  const error = thrownBy(() => wrapDurable(broker as never, './data', {}, () => ({})))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(
    /the bullmq engine keeps its tasks by itself; leave durable \(or CATZILLA_DURABLE\) out/,
  )
})

test('a package that fails while it loads is told from its first line', () => {
  const cause = new Error('wrong ELF class\nRequire stack:\n- somewhere')
  const load = (): never => {
    throw cause
  }
  const error = thrownBy(() => wrapDurable(createTypeScriptEngine(), './data', {}, load))
  expect(error).toBeInstanceOf(EngineUnavailableError)
  expect(error.message).toMatch(/does not load \(wrong ELF class\); run "npm install @catzilla\/durable"/)
  expect(error.cause).toBe(cause)
})

test('a package that is not there names the remedy', () => {
  const load = (name: string): never => {
    throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- somewhere`), {
      code: 'MODULE_NOT_FOUND',
    })
  }
  const error = thrownBy(() => wrapDurable(createTypeScriptEngine(), './data', {}, load))
  expect(error).toBeInstanceOf(EngineUnavailableError)
  expect(error.message).toMatch(/^durable needs @catzilla\/durable, .*run "npm install @catzilla\/durable"$/)
})

const unbuilt = !existsSync(join(import.meta.dirname, '../../durable/dist/index.cjs'))
if (unbuilt) process.stdout.write('tests of createTasks({ durable }) are skipped: the packages are not built\n')

describe.skipIf(unbuilt)('createTasks({ durable })', () => {
  let root = ''

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'catzilla-api-durable-'))
  })

  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(root, { recursive: true, force: true })
  })

  describeOnEachEngine((engine) => {
    test('tasks that one process leaves are run by the next one', async () => {
      vi.stubEnv('CATZILLA_DURABLE', join(root, 'data'))
      const first = createTasks({ engine })
      expect(first.engine.capabilities.durable).toBe(true)
      const send = first.task({ name: 'send', priority: 'high' }, (to: string) => `sent to ${to}`)
      await first.pause()
      const result = await send.enqueue('a@b.c')
      await result.accepted
      expect(await first.shutdown({ waitForCompletion: false })).toMatchObject({ requeued: 1, cancelled: 0 })
      await expect(result.wait()).rejects.toThrow(/it is kept in .* and runs when that is opened again/)

      const second = createTasks({ engine })
      second.task({ name: 'send' }, (to: string) => `sent later to ${to}`)
      await second.drain()
      const found = await second.getTask(result.taskId)
      expect(found).toMatchObject({ status: 'completed', priority: 1, outcome: { value: 'sent later to a@b.c' } })
      await second.shutdown()
    })

    test('a function that is no task cannot be found again, and is refused', async () => {
      const tasks = createTasks({ engine, durable: { directory: join(root, 'data'), durability: 'relaxed' } })
      const double = (n: number): number => n * 2
      expect(thrownBy(() => tasks.addTask(double, [1])).message).toMatch(/'double' is no task with a name/)
      expect(thrownBy(() => tasks.addTask(() => 1))).toBeInstanceOf(TaskDefinitionError)
      const named = tasks.task({ name: 'double' }, double)
      expect(await tasks.addTask(named, [4]).wait()).toBe(8)
      await tasks.shutdown()
    })
  })

  test('a directory that somebody has is told by `ready` and by each submission, with the process', async () => {
    const durable = join(root, 'data')
    const first = createTasks({ engine: 'typescript', durable })
    const second = createTasks({ engine: 'typescript', durable })
    const task = second.task({ name: 'quick' }, () => 1)
    await expect(second.ready).rejects.toThrow(new RegExp(`in use by this process \\(pid ${process.pid}\\)`))
    expect(() => task.delay()).toThrow(/in use by this process/)
    await first.shutdown()
  })

  test('a schedule goes on with the slot after the crash, and a slot that waits is not submitted twice', async () => {
    const durable = join(root, 'data')
    const first = createTasks({ engine: 'typescript', durable })
    const tick = first.task({ name: 'tick' }, () => 1)
    await first.pause()
    const schedule = first.schedule('often', { everyMs: 20 }, tick, [])
    await vi.waitFor(() => expect(schedule.info.submitted).toBeGreaterThan(1), { timeout: 50_000 })
    const waiting = (await first.listTasks()).tasks.length
    expect(waiting).toBeGreaterThanOrEqual(schedule.info.submitted)
    await first.shutdown({ waitForCompletion: false })
    const second = createTasks({ engine: 'typescript', durable })
    second.task({ name: 'tick' }, () => 1)
    await second.drain()
    expect((await second.listTasks({ status: 'completed' })).tasks.length).toBeGreaterThanOrEqual(waiting)
    await second.shutdown()
  })
})
