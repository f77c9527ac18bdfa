// Tasks that C looks after move into the walk when their name gets a gate: from then on pauses and limits hold for them too.
import type { NativeEngineBinding } from '@catzilla/core-c'
import type { NamedTask } from '../typescript/plan.ts'
import { RunState } from '../typescript/run-state.ts'
import type { TaskRecord } from '../typescript/task-record.ts'
import type { Express } from './express.ts'
import { runInJavaScript } from './bailed-run.ts'
import { KernelAttempt } from './kernel-attempt.ts'
import type { KernelLane } from './kernel-lane.ts'
import type { KernelPlan } from './kernel-plan.ts'
import type { Messenger } from './messenger.ts'
import type { NativeParts } from './native-settlement.ts'
import { Waiter, listenerOf } from './native-task.ts'
import type { NativeTask } from './native-task.ts'
import { PastRun } from './past-run.ts'
import { portLayout } from './port-layout.ts'
import { TaskBit } from './slab.ts'
import { argumentsIn } from './slot-values.ts'
import type { TaskStatus } from '../contract/task.ts'

export class Recall {
  readonly #parts: NativeParts
  readonly #binding: NativeEngineBinding
  readonly #lane: KernelLane
  readonly #express: Express
  readonly #messenger: Messenger

  constructor(parts: NativeParts, lane: KernelLane, express: Express, messenger: Messenger) {
    this.#parts = parts
    this.#binding = parts.binding
    this.#lane = lane
    this.#express = express
    this.#messenger = messenger
  }

  /** Moves all unsettled tasks of the name. */
  moveAll(named: NamedTask): void {
    if (this.#parts.slots.unsettled === 0) return
    // so that C has those that were pushed, and this thread those that have ended
    this.#messenger.publish()
    this.#messenger.drain()
    this.#express.forEach((task) => {
      if (task.plan.named === named) this.#move(task)
    })
  }

  #move(task: NativeTask): void {
    const { slots, port, slabs, createdAt, walk } = this.#parts
    const { slot, status } = task
    // whoever asks for the status takes in what C has finished: it may have ended with that
    if (task.ending !== undefined) return
    const kernel = task.kernel as KernelPlan
    const past = PastRun.read(port, slot, createdAt.get(slot, kernel.signature.length))
    const args = argumentsIn(port, slot, kernel.signature)
    const record = walk.table.adopt(task.plan, args, { sequence: task.sequence, slot }, past.createdAt)
    const attempt = new KernelAttempt(record, kernel, slot, null)
    slots.handTo(attempt)
    slots.unsettled--
    if (past.attempt > 0) record.run = runOf(record, past)
    if (status === 'running') this.#keepRunning(attempt)
    else this.#callBack(attempt, past, status)
    this.#handOn(task, record)
    slabs.leave(task.slab, 1)
  }

  /** C has given up a compiled body: the task is a record from now on, and JavaScript does this attempt. */
  moveBailed(task: NativeTask, slot: number): void {
    const { slots, port, slabs, createdAt, walk } = this.#parts
    const kernel = task.kernel as KernelPlan
    const past = PastRun.read(port, slot, createdAt.get(slot, kernel.signature.length))
    const args = argumentsIn(port, slot, kernel.signature)
    const record = walk.table.adopt(task.plan, args, { sequence: task.sequence, slot }, past.createdAt)
    const run = runOf(record, past)
    record.run = run
    record.status = 'running'
    run.extras.workerId = past.workerId
    this.#binding.free(slot)
    port.clear(slot)
    slots.give(slot)
    slots.unsettled--
    this.#lane.running.push(record)
    walk.walk.occupancy.started()
    walk.walk.gatekeeper.enterLate(record)
    this.#handOn(task, record)
    slabs.leave(task.slab, 1)
    runInJavaScript(walk, record, run)
  }

  #keepRunning(attempt: KernelAttempt): void {
    const { record } = attempt
    const { gatekeeper, occupancy } = this.#parts.walk.walk
    record.status = 'running'
    attempt.run = record.run
    this.#lane.adopt(attempt)
    occupancy.started()
    gatekeeper.enterLate(record)
  }

  #callBack(attempt: KernelAttempt, past: PastRun, status: TaskStatus): void {
    const { record, slot } = attempt
    const { settlement, walk } = this.#parts.walk
    const waits = status === 'scheduled' || status === 'retrying'
    if (waits && this.#binding.cancelTimed(slot)) {
      attempt.fate = 'dropped'
      record.status = status
      record.timer = walk.timers.add(past.readyAt, settlement.comeDue, record)
      if (record.run !== null) record.run.extras.readyAt = past.readyAt
      return
    }
    if (past.readyAt !== past.createdAt) (record.run ??= new RunState(record)).extras.readyAt = past.readyAt
    attempt.fate = 'recalled'
    this.#lane.adopt(attempt)
    const { words } = this.#parts.port
    Atomics.store(words, this.#parts.port.wordOf(slot) + portLayout.SLOT_CANCEL / 4, 1)
  }

  /** Whoever waits for the task waits for the record from now on. */
  #handOn(task: NativeTask, record: TaskRecord): void {
    this.#parts.news.forget(task)
    const waiting = task.held
    task.slab.mark(task.place, TaskBit.MOVED)
    task.slab.hold(task.place, record)
    if (waiting instanceof Waiter) {
      const { resolve, reject } = waiting
      if (resolve !== null && reject !== null) record.wait().then(resolve, reject)
      for (const listener of waiting.listeners ?? []) record.onSettled(listener)
    } else if (waiting !== null) record.onSettled(listenerOf(waiting))
  }
}

function runOf(record: TaskRecord, past: PastRun): RunState {
  const run = new RunState(record)
  run.attempt = past.attempt
  run.startedAt = past.startedAt
  // its timer, if it gets one, is that of a retry
  run.extras.delayMs = record.plan.options.delayMs
  return run
}
