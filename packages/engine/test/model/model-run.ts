// An engine and the model side by side: each command goes to both, and then they are compared.
import assert from 'node:assert/strict'
import { createTypeScriptEngine, isSettled, resolveTaskOptions } from '@catzilla/engine'
import type { StopOptions, TaskEngine, TaskHandle } from '@catzilla/engine'
import { VirtualClock } from '@catzilla/engine/testing'
import { TaskModel, isTimed, limits } from './task-model.ts'
import type { ModelTask, Script, TaskName } from './task-model.ts'

export type Command =
  | { readonly do: 'submit'; readonly script: Script }
  | { readonly do: 'submitMany'; readonly script: Script; readonly count: number }
  | { readonly do: 'cancel'; readonly index: number }
  | { readonly do: 'release'; readonly index: number; readonly worked: boolean }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'pause' | 'resume'; readonly name: TaskName | undefined }
  | { readonly do: 'scale'; readonly slots: number }

const SLOTS = 2
const QUEUE_SIZE = 24

/** A submitted task on the engine's side. */
interface Submitted {
  readonly handle: TaskHandle
  /** Lets the attempt that blocks end. */
  release: ((worked: boolean) => void) | undefined
  attempts: number
  timesSettled: number
}

interface Start {
  readonly label: number
  readonly at: number
}

export class ModelRun {
  readonly model: TaskModel = new TaskModel(SLOTS, QUEUE_SIZE)
  starts = 0
  readonly #clock = new VirtualClock()
  readonly #engine: TaskEngine
  readonly #submitted: Submitted[] = []
  /** Starts the engine made that the model has not been told of. */
  #newStarts: Start[] = []

  private constructor() {
    const sizes = { inlineConcurrency: SLOTS, queueSize: QUEUE_SIZE }
    this.#engine = createTypeScriptEngine({ ...sizes, clock: this.#clock, keepResults: 10_000 })
  }

  static async begin(): Promise<ModelRun> {
    const run = new ModelRun()
    await run.#engine.start()
    return run
  }

  async perform(command: Command): Promise<void> {
    await this.#command(command)
    await this.#follow(this.model.now)
    this.#compare()
  }

  /** Stops the engine; the model says what becomes of whom. */
  async stop(options: StopOptions): Promise<void> {
    const { model } = this
    const endedBefore = model.counts.completed + model.counts.failed
    const stopping = this.#engine.stop(options)
    const deadline = model.now + options.timeoutMs
    let cancelled = 0
    const close = (which: (task: ModelTask) => boolean): void => {
      for (const task of model.waiting.filter((each) => which(each))) cancelled += model.cancel(task) ? 1 : 0
    }
    if (options.waitForCompletion) {
      close((task) => model.paused || model.pausedNames.has(task.name) || (isTimed(task) && task.readyAt > deadline))
      await this.#follow(model.now)
      this.#compare()
      await this.#follow(deadline)
    }
    close(() => true)
    const abandoned = model.running
    for (const task of abandoned) model.cancel(task)
    const report = await stopping
    assert.deepEqual(new Set(report.abandoned.map(({ taskId }) => taskId)), this.#idsOf(abandoned))
    assert.equal(report.cancelled, cancelled)
    assert.equal(report.completed, model.counts.completed + model.counts.failed - endedBefore)
    await this.#follow(model.now)
    this.#compare()
    this.#checkAllOver()
  }

  async #command(command: Command): Promise<void> {
    const { model } = this
    switch (command.do) {
      case 'submit':
        return this.#submit(command.script)
      case 'submitMany':
        return this.#submitMany(command.script, command.count)
      case 'cancel':
        return this.#cancel(command.index)
      case 'release':
        return this.#release(command.index, command.worked)
      case 'advance':
        return this.#follow(model.now + command.ms)
      case 'pause':
      case 'resume':
        return this.#hold(command.do, command.name)
      case 'scale':
        model.slots = command.slots
        return this.#engine.scale({ inlineConcurrency: command.slots })
    }
  }

  #submit(script: Script): void {
    const task = this.model.submit(script)
    if (task === undefined) assert.throws(() => this.#give(script), { name: 'QueueFullError' })
    else this.#give(script)
  }

  #submitMany(script: Script, count: number): void {
    if (this.model.waiting.length + count > QUEUE_SIZE) {
      const before = this.#submitted.length
      assert.throws(() => this.#giveMany(script, count), { name: 'QueueFullError' })
      assert.equal(this.#submitted.length, before)
      this.model.counts.rejected += count
      return
    }
    for (let n = 0; n < count; n++) this.model.submit(script)
    this.#giveMany(script, count)
  }

  #cancel(index: number): void {
    const label = index % Math.max(1, this.#submitted.length)
    const task = this.model.tasks[label]
    if (task === undefined) return
    assert.equal(this.#submitted[label]?.handle.cancel('by the model'), this.model.cancel(task))
  }

  async #release(index: number, worked: boolean): Promise<void> {
    const { running } = this.model
    const task = running[index % Math.max(1, running.length)]
    if (task === undefined) return
    this.#submitted[task.label]?.release?.(worked)
    this.model.finish(task, worked)
  }

  async #hold(what: 'pause' | 'resume', name: string | undefined): Promise<void> {
    const { model } = this
    if (name === undefined) model.paused = what === 'pause'
    else if (what === 'pause') model.pausedNames.add(name)
    else model.pausedNames.delete(name)
    await this.#engine[what](name)
  }

  #give(script: Script): void {
    const label = this.#submitted.length
    this.#keep(this.#engine.submit(callFor(script, this.#body), [label, script]))
  }

  #giveMany(script: Script, count: number): void {
    const first = this.#submitted.length
    const argsList = Array.from({ length: count }, (_, n) => [first + n, script])
    for (const handle of this.#engine.submitMany(callFor(script, this.#body), argsList)) this.#keep(handle)
  }

  #keep(handle: TaskHandle): void {
    const submitted: Submitted = { handle, release: undefined, attempts: 0, timesSettled: 0 }
    handle.onSettled(() => submitted.timesSettled++)
    this.#submitted.push(submitted)
  }

  readonly #body = (label: number, script: Script): unknown => {
    const submitted = this.#submitted[label]
    assert.ok(submitted !== undefined)
    this.#newStarts.push({ label, at: this.#clock.now() })
    submitted.attempts++
    if (!script.blocks) {
      if (submitted.attempts <= script.failures) throw new Error(`failure ${submitted.attempts}`)
      return label
    }
    return new Promise((resolve, reject) => {
      submitted.release = (worked) => (worked ? resolve(label) : reject(new Error('let go to fail')))
    })
  }

  /** Lets the engine run up to `until`, and then the model, moment by moment, start by start. */
  async #follow(until: number): Promise<void> {
    const { model } = this
    await this.#clock.advance(until - this.#clock.now())
    this.#tellStarts()
    for (let at = model.nextMoment(until); at !== undefined; at = model.nextMoment(until)) {
      model.now = at
      model.passMoment()
      this.#tellStarts()
    }
    model.now = until
    assert.deepEqual(this.#newStarts, [], 'starts that the model knows nothing of')
  }

  /** Tells the model of the starts at its present moment. */
  #tellStarts(): void {
    const { model } = this
    while (this.#newStarts[0]?.at === model.now) {
      const start = this.#newStarts.shift()
      const task = model.tasks[start?.label ?? -1]
      assert.ok(task !== undefined, 'a task started that was never submitted')
      model.start(task)
      this.starts++
    }
    model.checkNothingForgotten()
  }

  #compare(): void {
    const { model } = this
    const statuses = this.#submitted.map(({ handle }) => handle.status)
    assert.deepEqual(
      statuses,
      model.tasks.map((task) => task.status),
    )
    const found = this.#engine.snapshot()
    const waiting = model.waiting
    const ready = waiting.filter((task) => !isTimed(task))
    const expected = {
      totalQueued: waiting.length,
      scheduledTasks: waiting.length - ready.length,
      activeWorkers: model.running.length,
      submittedTasks: model.tasks.length,
      completedTasks: model.counts.completed,
      failedTasks: model.counts.failed,
      cancelledTasks: model.counts.cancelled,
      expiredTasks: model.counts.expired,
      timeoutCount: model.counts.timedOut,
      retryCount: model.counts.retried,
      rejectedTasks: model.counts.rejected,
      lateRuns: model.counts.late,
      unobservedFailures: 0,
    }
    for (const [key, value] of Object.entries(expected)) assert.equal(found[key as keyof typeof expected], value, key)
    for (const [priority, { queued }] of found.priorities.entries()) {
      assert.equal(queued, ready.filter((task) => task.priority === priority).length, `class ${priority}`)
    }
  }

  #checkAllOver(): void {
    for (const { handle, timesSettled } of this.#submitted) {
      assert.ok(isSettled(handle.status), `${handle.taskId} is ${handle.status} after stop`)
      assert.equal(handle.outcome?.status, handle.status)
      assert.equal(timesSettled, 1, `${handle.taskId} settled ${timesSettled} times`)
    }
    assert.equal(this.#clock.pendingAlarms, 0)
  }

  #idsOf(tasks: readonly ModelTask[]): Set<string | undefined> {
    return new Set(tasks.map((task) => this.#submitted[task.label]?.handle.taskId))
  }
}

function callFor(
  script: Script,
  handler: (label: number, script: Script) => unknown,
): Parameters<TaskEngine['submit']>[0] {
  const { name, priority, delayMs, maxRetries, retryDelayMs, timeoutMs } = script
  const fixed = { retryBackoff: 'fixed', retryJitter: 0 } as const
  const expiry = script.expireAfterMs === undefined ? {} : { expireAfterMs: script.expireAfterMs }
  const limit = limits[name] === Infinity ? {} : { concurrency: limits[name] }
  const asked = { priority, delayMs, maxRetries, retryDelayMs, timeoutMs, ...fixed, ...expiry, ...limit }
  return { name, handler, options: resolveTaskOptions(asked) }
}
