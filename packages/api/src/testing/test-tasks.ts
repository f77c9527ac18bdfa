// Background tasks for tests of applications: time stands still until told, and payloads cross a real boundary.
import { createTypeScriptEngine } from '@catzilla/engine'
import type { EngineOptions, ShutdownReport, TaskInfo } from '@catzilla/engine'
import { VirtualClock } from '@catzilla/engine/testing'
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { BackgroundTasks } from '../background-tasks.ts'
import type { ShutdownOptions } from '../background-tasks.ts'
import type { TasksOptions } from '../options.ts'
import type { AnyTask } from '../registry.ts'
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
 * await tasks.assertEnqueued(welcome, ['a@b.c'])
 * await tasks.advance(24 * 3600_000)
 */
export class TestTasks extends BackgroundTasks {
  readonly clock: VirtualClock
  /** `timeoutMs` of each task. */
  readonly #timeouts: ReadonlyMap<string, number>
  /** Names that are paused; undefined stands for all. */
  readonly #paused = new Set<string | undefined>()

  constructor({ startsAt, ...options }: TestTasksOptions = {}) {
    const clock = new VirtualClock(startsAt)
    const { shutdownTimeoutMs, taskDefaults, compile, ...engineOptions } = options
    const above = { shutdownTimeoutMs, taskDefaults, compile }
    const given = Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined))
    const timeouts = new Map<string, number>()
    const engine = roundTripEngine(testEngine(engineOptions, clock), ({ taskId }, { options: { timeoutMs } }) => {
      if (!timeouts.has(taskId)) timeouts.set(taskId, timeoutMs)
    })
    super({ ...given, clock, engine })
    this.clock = clock
    this.#timeouts = timeouts
  }

  /** Moves time on by `ms` milliseconds; what comes due on the way happens in its order, before this resolves. */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /**
   * Runs everything there is, moving time on to each delay, retry and limit. While a body waits for real I/O, time does
   * not reach its timeout.
   * @throws AssertionError when what waits is paused
   */
  override async drain(): Promise<void> {
    for (;;) {
      await this.clock.advance(0)
      const { totalQueued, activeWorkers } = this.getStats()
      if (totalQueued + activeWorkers === 0) return
      if (activeWorkers === 0) await this.#moveOn(totalQueued)
      else await this.#moveOnBeside()
    }
  }

  /** Shuts down, moving time on as far as it takes: to the end of what runs, or of the time that shutdown has. */
  override async shutdown(options?: ShutdownOptions): Promise<ShutdownReport> {
    const state = { over: false }
    const report = super.shutdown(options).finally(() => (state.over = true))
    // looked at below; while time moves on it must not count as unhandled
    report.catch(() => {})
    while (!state.over && (await this.clock.advanceToNext())) continue
    return report
  }

  override async pause(name?: string): Promise<void> {
    await super.pause(name)
    this.#paused.add(name)
  }

  override async resume(name?: string): Promise<void> {
    await super.resume(name)
    this.#paused.delete(name)
  }

  /** The tasks of that name that wait: scheduled, pending or retrying; oldest first. All tasks without a name. */
  async enqueued(task?: string | Pick<AnyTask, 'taskName'>): Promise<readonly TaskInfo[]> {
    const name = typeof task === 'string' ? task : task?.taskName
    const status = ['scheduled', 'pending', 'retrying'] as const
    const query = name === undefined ? { status, limit: 1000 } : { status, limit: 1000, name }
    let page = await this.listTasks(query)
    const waiting = [...page.tasks]
    while (page.nextCursor !== undefined) {
      page = await this.listTasks({ ...query, cursor: page.nextCursor })
      waiting.push(...page.tasks)
    }
    return waiting.toReversed()
  }

  /**
   * Fails, listing what does wait, unless a task waits with these arguments (any, when they are left out).
   * @throws AssertionError
   */
  async assertEnqueued<A extends readonly unknown[], R>(task: Task<A, R, unknown>, args?: NoInfer<A>): Promise<void> {
    const waiting = await this.enqueued(task.taskName)
    if (waiting.some((each) => args === undefined || sameArguments(each.args, args))) return
    const list = waiting.map((each) => shown(each.args)).join(', ') || 'nothing'
    const wanted = args === undefined ? '' : ` with ${shown(args)}`
    assert.fail(`no task '${task.taskName}'${wanted} is enqueued; of that name there is: ${list}`)
  }

  /** Moves on to whatever comes next, while nothing runs. */
  async #moveOn(waiting: number): Promise<void> {
    if (this.#paused.size > 0) {
      const stuck = (await this.enqueued()).every(({ name }) => this.#paused.has(undefined) || this.#paused.has(name))
      assert.ok(!stuck, `drain() cannot end: ${waiting} tasks wait and are paused; resume() first`)
    }
    assert.ok(
      await this.clock.advanceToNext(),
      `drain() cannot end: ${waiting} tasks wait for nothing that will happen`,
    )
  }

  /** While bodies run: moves on to what comes due before their timeouts, or lets real I/O take its time. */
  async #moveOnBeside(): Promise<void> {
    const waiting = await this.enqueued()
    const dueAt = Math.min(...waiting.map((each) => each.dueAt ?? Infinity))
    if (dueAt < (await this.#nextTimeout())) {
      await this.clock.advance(Math.max(0, dueAt - this.clock.epochMs()) + ROUNDING_MS)
    } else await this.#somethingHappens()
  }

  async #nextTimeout(): Promise<number> {
    const { tasks } = await this.listTasks({ status: 'running', limit: 1000 })
    return Math.min(
      ...tasks.map(({ taskId, retryOf, startedAt }) => (startedAt ?? 0) + this.#timeoutOf(taskId, retryOf)),
    )
  }

  #timeoutOf(taskId: string, retryOf: string | null): number {
    return this.#timeouts.get(taskId) ?? this.#timeouts.get(retryOf ?? '') ?? 0
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

function shown(args: readonly unknown[]): string {
  return inspect(args, { depth: 5, breakLength: Infinity })
}

function sameArguments(actual: readonly unknown[], expected: readonly unknown[]): boolean {
  try {
    assert.deepStrictEqual(actual, expected)
    return true
  } catch {
    return false
  }
}
