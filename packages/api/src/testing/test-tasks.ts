// Background tasks for tests of applications: time stands still until told, and payloads cross a real boundary.
import { createTypeScriptEngine } from '@catzilla/engine'
import type { EngineOptions, TaskInfo } from '@catzilla/engine'
import { VirtualClock } from '@catzilla/engine/testing'
import assert from 'node:assert/strict'
import { BackgroundTasks } from '../background-tasks.ts'
import type { TasksOptions } from '../options.ts'
import type { Task } from '../task.ts'
import { roundTripEngine } from './round-trip-engine.ts'

/** Epoch milliseconds have fewer digits after the point than the monotonic ones that tasks come due by. */
const ROUNDING_MS = 0.001

/** Options of `createTasks` that make sense in tests; `startsAt` is the epoch millisecond at which time stands. */
export interface TestTasksOptions extends Omit<TasksOptions, 'engine' | 'clock' | 'durable' | 'handleSignals'> {
  readonly startsAt?: number
}

/**
 * `BackgroundTasks` on an inline engine with a virtual clock.
 * @example
 * const tasks = createTestTasks()
 * register(tasks)
 * await signUp('a@b.c')
 * tasks.assertEnqueued(welcome, ['a@b.c'])
 * await tasks.advance(24 * 3600_000)
 */
export class TestTasks extends BackgroundTasks {
  readonly clock: VirtualClock

  constructor({ startsAt, ...options }: TestTasksOptions = {}) {
    const clock = new VirtualClock(startsAt)
    const { shutdownTimeoutMs, taskDefaults, compile, ...engineOptions } = options
    const above = { shutdownTimeoutMs, taskDefaults, compile }
    const given = Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined))
    super({ ...given, clock, engine: roundTripEngine(testEngine(engineOptions, clock)) })
    this.clock = clock
  }

  /** Moves time on by `ms` milliseconds; what comes due on the way happens in its order, before this resolves. */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /** Runs everything there is, moving time on to each delay and retry; timeouts of bodies that wait for real I/O are not reached. */
  override async drain(): Promise<void> {
    for (;;) {
      await this.clock.advance(0)
      const { totalQueued, activeWorkers } = this.getStats()
      if (totalQueued + activeWorkers === 0) return
      const dueAt = await this.#nextDue()
      if (dueAt !== undefined) await this.clock.advance(Math.max(0, dueAt - this.clock.epochMs()) + ROUNDING_MS)
      else await this.#somethingHappens()
    }
  }

  /** The tasks of that name that wait: scheduled, pending or retrying; oldest first. All tasks without a name. */
  async enqueued(task?: string | Task<never[], unknown, unknown>): Promise<readonly TaskInfo[]> {
    const name = typeof task === 'function' ? task.taskName : task
    const query = { status: ['scheduled', 'pending', 'retrying'] as const, limit: 1000 }
    const { tasks } = await this.listTasks(name === undefined ? query : { ...query, name })
    return tasks.toReversed()
  }

  /**
   * Fails, listing what does wait, unless a task waits with these arguments (any, when they are left out).
   * @throws AssertionError
   */
  async assertEnqueued<A extends readonly unknown[]>(task: Task<A, unknown, unknown>, args?: A): Promise<void> {
    const waiting = await this.enqueued(task.taskName)
    if (waiting.some((each) => args === undefined || sameArguments(each.args, args))) return
    const list = waiting.map((each) => JSON.stringify(each.args)).join(', ') || 'nothing'
    const wanted = args === undefined ? '' : ` with ${JSON.stringify(args)}`
    assert.fail(`no task '${task.taskName}'${wanted} is enqueued; of that name there is: ${list}`)
  }

  async #nextDue(): Promise<number | undefined> {
    const waiting = await this.enqueued()
    const moments = waiting.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]))
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  #somethingHappens(): Promise<void> {
    return new Promise((resolve) => {
      const types = ['completed', 'failed', 'retrying', 'cancelled', 'expired', 'scheduled', 'queued'] as const
      const unsubscribe = this.engine.subscribe(types, () => {
        unsubscribe()
        resolve()
      })
    })
  }
}

/** Makes background tasks for a test; the short form of `new TestTasks(options)`. */
export function createTestTasks(options?: TestTasksOptions): TestTasks {
  return new TestTasks(options)
}

function testEngine(options: EngineOptions, clock: VirtualClock): ReturnType<typeof createTypeScriptEngine> {
  return createTypeScriptEngine({ ...options, clock })
}

function sameArguments(actual: readonly unknown[], expected: readonly unknown[]): boolean {
  try {
    assert.deepStrictEqual(actual, expected)
    return true
  } catch {
    return false
  }
}
