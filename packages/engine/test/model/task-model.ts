// What the queues and states of an engine should be, written as plainly as possible: lists are scanned, nothing is
// clever. Where the contract leaves a choice (who starts first of tasks that become ready in the same instant, one of
// them by a retry; when exactly the starvation guard steps in), the model takes the engine's choice if it is legal.
import assert from 'node:assert/strict'
import { classTargetsMs, isSettled } from '@catzilla/engine'
import type { TaskPriority, TaskStatus } from '@catzilla/engine'

export type TaskName = 'a' | 'b' | 'narrow'

/** So many of a name may run at once. */
export const limits: Readonly<Record<TaskName, number>> = { a: Infinity, b: Infinity, narrow: 1 }

export interface Script {
  readonly name: TaskName
  readonly priority: TaskPriority
  readonly delayMs: number
  readonly maxRetries: number
  readonly retryDelayMs: number
  /** How many attempts fail; for a body that blocks, the one who lets it go decides. */
  readonly failures: number
  readonly blocks: boolean
  /** Both fractions of a millisecond apart from everything else, so that nothing happens in the same instant. */
  readonly expireAfterMs: number | undefined
  readonly timeoutMs: number
}

export interface ModelTask extends Script {
  /** Order of submission. */
  readonly label: number
  status: TaskStatus
  attempt: number
  readonly createdAt: number
  /** When it became, or becomes, ready. */
  readyAt: number
  startedAt: number
}

/** The guard owes a starving class one in 16 starts; more than one in 8 would be no strict priority any more. */
const GUARD_OWES = 16
const GUARD_MAY = 8

export class TaskModel {
  now = 0
  slots: number
  paused = false
  readonly pausedNames: Set<string> = new Set()
  readonly tasks: ModelTask[] = []
  readonly counts: {
    completed: number
    failed: number
    expired: number
    timedOut: number
    cancelled: number
    retried: number
    rejected: number
    late: number
  } = {
    completed: 0,
    failed: 0,
    expired: 0,
    timedOut: 0,
    cancelled: 0,
    retried: 0,
    rejected: 0,
    late: 0,
  }
  readonly #queueSize: number
  /** By class: starts of others since its last one, and those of them while it was past its target. */
  readonly #sinceLast = [0, 0, 0, 0]
  readonly #passedOver = [0, 0, 0, 0]

  constructor(slots: number, queueSize: number) {
    this.slots = slots
    this.#queueSize = queueSize
  }

  /** The task, or undefined when the queue is full. */
  submit(script: Script): ModelTask | undefined {
    if (this.waiting.length >= this.#queueSize) {
      this.counts.rejected++
      return undefined
    }
    const status = script.delayMs > 0 ? 'scheduled' : 'pending'
    const times = { createdAt: this.now, readyAt: this.now + script.delayMs, startedAt: Number.NaN }
    const task: ModelTask = { ...script, ...times, label: this.tasks.length, status, attempt: 0 }
    this.tasks.push(task)
    return task
  }

  cancel(task: ModelTask): boolean {
    if (isSettled(task.status)) return false
    if (task.status === 'running') this.counts.late++
    task.status = 'cancelled'
    this.counts.cancelled++
    return true
  }

  /** The running attempt ends. */
  finish(task: ModelTask, worked: boolean): void {
    assert.equal(task.status, 'running')
    if (worked) {
      task.status = 'completed'
      this.counts.completed++
    } else if (task.attempt > task.maxRetries) {
      task.status = 'failed'
      this.counts.failed++
    } else {
      task.status = 'retrying'
      task.readyAt = this.now + task.retryDelayMs
      this.counts.retried++
    }
  }

  /** The next moment up to `until` at which something happens by itself. */
  nextMoment(until: number): number | undefined {
    const moments = this.tasks.flatMap((task) => [comesDueAt(task), expiresAt(task), timesOutAt(task)])
    return moments.filter((at) => at <= until).toSorted((a, b) => a - b)[0]
  }

  /** What happens by itself at the present moment. */
  passMoment(): void {
    for (const task of this.tasks) {
      if (expiresAt(task) <= this.now) this.#expire(task)
      else if (timesOutAt(task) <= this.now) this.#timeOut(task)
      else if (comesDueAt(task) <= this.now) task.status = 'pending'
    }
  }

  #expire(task: ModelTask): void {
    task.status = 'expired'
    this.counts.expired++
  }

  #timeOut(task: ModelTask): void {
    this.counts.timedOut++
    // its body was never let go, and nobody will do that any more
    this.counts.late++
    this.finish(task, false)
  }

  /** The engine started this task: that must have been legal. A body that does not block is over at once. */
  start(task: ModelTask): void {
    assert.equal(task.status, 'pending', `task ${task.label} started while ${task.status}`)
    assert.ok(!this.paused && !this.pausedNames.has(task.name), `task ${task.label} started while paused`)
    assert.ok(this.#hasPlace(task), `task ${task.label} started beyond the limit of its name`)
    assert.ok(this.running.length < this.slots, `task ${task.label} started without a free slot`)
    this.#checkTurnInClass(task)
    this.#checkTurnOfClass(task)
    task.status = 'running'
    task.attempt++
    task.startedAt = this.now
    if (!task.blocks) this.finish(task, task.attempt > task.failures)
  }

  /** Nothing may wait for a start when it could have had it. */
  checkNothingForgotten(): void {
    if (this.paused || this.running.length >= this.slots) return
    assert.deepEqual(
      this.startable().map((task) => task.label),
      [],
      'tasks wait though there is a free slot',
    )
  }

  startable(): ModelTask[] {
    const waiting = this.tasks.filter((task) => task.status === 'pending')
    return waiting.filter((task) => !this.pausedNames.has(task.name) && this.#hasPlace(task))
  }

  /**
   * Those that nothing precedes: the places of a limited name belong to its most urgent tasks, also while these wait
   * for a slot, so that the others of the name are not next in their class.
   */
  #next(): ModelTask[] {
    const startable = this.startable()
    return startable.filter((task) => {
      const before = startable.filter((other) => other.name === task.name && precedes(other, task)).length
      return before < limits[task.name] - this.running.filter(({ name }) => name === task.name).length
    })
  }

  #hasPlace({ name }: ModelTask): boolean {
    return this.running.filter((task) => task.name === name).length < limits[name]
  }

  get waiting(): ModelTask[] {
    return this.tasks.filter((task) => task.status === 'pending' || isTimed(task))
  }

  get running(): ModelTask[] {
    return this.tasks.filter((task) => task.status === 'running')
  }

  #checkTurnInClass(task: ModelTask): void {
    for (const other of this.#next()) {
      if (other === task || other.priority !== task.priority) continue
      const tied = other.readyAt === task.readyAt
      const free = tied && (other.attempt > 0 || task.attempt > 0)
      const before = tied ? other.label < task.label && !free : other.readyAt < task.readyAt
      assert.ok(!before, `task ${task.label} started before task ${other.label}, which was ready earlier`)
    }
  }

  #checkTurnOfClass(task: ModelTask): void {
    const mostUrgent = Math.min(...this.startable().map((each) => each.priority))
    const since = this.#sinceLast[task.priority] ?? 0
    const outOfTurn = task.priority > mostUrgent
    const why = `task ${task.label} of class ${task.priority} started before class ${mostUrgent}`
    assert.ok(!outOfTurn || (this.#starves(task.priority, this.startable()) && since >= GUARD_MAY), why)
    for (const priority of [0, 1, 2, 3] as const) {
      const own = priority === task.priority
      this.#sinceLast[priority] = own ? 0 : (this.#sinceLast[priority] ?? 0) + 1
      this.#passedOver[priority] =
        own || !this.#starves(priority, this.#next()) ? 0 : (this.#passedOver[priority] ?? 0) + 1
      assert.ok((this.#passedOver[priority] ?? 0) < GUARD_OWES, `class ${priority} starves`)
    }
  }

  #starves(priority: TaskPriority, among: readonly ModelTask[]): boolean {
    const waits = among.filter((task) => task.priority === priority)
    return waits.some((task) => this.now - task.readyAt > classTargetsMs[priority])
  }
}

export function isTimed(task: ModelTask): boolean {
  return task.status === 'scheduled' || task.status === 'retrying'
}

function precedes(one: ModelTask, other: ModelTask): boolean {
  if (one.priority !== other.priority) return one.priority < other.priority
  return one.readyAt === other.readyAt ? one.label < other.label : one.readyAt < other.readyAt
}

function comesDueAt(task: ModelTask): number {
  return isTimed(task) ? task.readyAt : Infinity
}

/** A task that has started once does not expire any more. */
function expiresAt({ status, attempt, createdAt, expireAfterMs = Infinity }: ModelTask): number {
  return attempt === 0 && (status === 'pending' || status === 'scheduled') ? createdAt + expireAfterMs : Infinity
}

function timesOutAt(task: ModelTask): number {
  return task.status === 'running' ? task.startedAt + task.timeoutMs : Infinity
}
