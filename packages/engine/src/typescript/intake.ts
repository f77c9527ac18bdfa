// Where tasks come in: refused, found to exist already, or made into a record that waits for its time or its turn.
import { setMaxListeners } from 'node:events'
import {
  ConfigurationError,
  QueueFullError,
  UniqueKeyConflictError,
  UnknownTaskError,
  describeValue,
} from '../contract/errors.ts'
import type { TaskPast } from '../contract/task-keeper.ts'
import { copyArguments } from '../support/payload-copy.ts'
import { listOf } from './kept-arguments.ts'
import type { KeptArguments } from './kept-arguments.ts'
import { memoryTerms } from './memory-terms.ts'
import type { Gate } from './gate.ts'
import type { Plan } from './plan.ts'
import { cancelledError } from './settlement.ts'
import type { Settlement } from './settlement.ts'
import { RunState } from './run-state.ts'
import type { Extras } from './run-state.ts'
import type { TaskRecord } from './task-record.ts'
import type { TaskTable } from './task-table.ts'
import type { Walk } from './walk.ts'

export class Intake {
  readonly #walk: Walk
  readonly #table: TaskTable
  readonly #settlement: Settlement

  constructor(walk: Walk, table: TaskTable, settlement: Settlement) {
    this.#walk = walk
    this.#table = table
    this.#settlement = settlement
  }

  /**
   * @param delayMs of the call; plans are shared by calls that differ in it
   * @param retryOf id of the settled task that this one repeats
   * @throws QueueFullError, PayloadError, UniqueKeyConflictError, TaskDefinitionError
   */
  submit(plan: Plan, args: readonly unknown[], delayMs: number, retryOf?: string): TaskRecord {
    const record = this.#take(plan, args, delayMs, null)
    if (retryOf !== undefined) extrasOf(record).retryOf = retryOf
    return record
  }

  /** Takes up a task of an earlier process. @throws as `submit`, UnknownTaskError when its id is none of this engine's */
  takeUp(plan: Plan, args: readonly unknown[], delayMs: number, past: TaskPast): TaskRecord {
    return this.#take(plan, args, delayMs, past)
  }

  #take(plan: Plan, args: readonly unknown[], delayMs: number, past: TaskPast | null): TaskRecord {
    const holder = holderOfKey(plan)
    if (holder !== undefined && plan.options.onConflict === 'existing') return holder
    if (holder !== undefined && plan.options.onConflict === 'reject') throw conflict(holder, plan)
    // a replacement may take the place of the waiting task it replaces
    this.requireRoom(holder === undefined || holder.status === 'running' ? 1 : 0)
    const copied = payloadOf(plan, args)
    const keyGate = plan.keyed ? this.#walk.gatekeeper.keyGate(plan, listOf(copied)) : null
    const now = this.#walk.clock.now()
    if (plan.limited || plan.named.gate !== null) this.#walk.gatekeeper.configure(plan.named, plan.options, now)
    const record =
      past === null
        ? this.#admit(plan, copied, keyGate, now, delayMs)
        : this.#readmit(plan, copied, keyGate, past, delayMs)
    // last: the signal of the replaced task aborts, and whoever listens finds the new one in its place
    if (holder !== undefined) this.#replace(holder)
    return record
  }

  /** All or none. @throws as `submit` */
  submitMany(plan: Plan, argsList: readonly (readonly unknown[])[], delayMs: number): TaskRecord[] {
    if (plan.options.uniqueKey !== undefined) {
      throw new ConfigurationError(
        `task '${plan.call.name}': a batch cannot share uniqueKey ${describeValue(plan.options.uniqueKey)}; submit its tasks one by one`,
      )
    }
    this.requireRoom(argsList.length)
    const payloads = argsList.map((args) => payloadOf(plan, args.slice()))
    const keyGates = plan.keyed ? payloads.map((args) => this.#walk.gatekeeper.keyGate(plan, listOf(args))) : []
    const now = this.#walk.clock.now()
    if (plan.limited || plan.named.gate !== null) this.#walk.gatekeeper.configure(plan.named, plan.options, now)
    return payloads.map((args, index) => this.#admit(plan, args, keyGates[index] ?? null, now, delayMs))
  }

  #admit(plan: Plan, args: KeptArguments, keyGate: Gate | null, now: number, delayMs: number): TaskRecord {
    const record = this.#table.add(plan, args, now)
    this.#walk.statistics.submitted++
    plan.series.submitted++
    this.#walk.occupancy.entered()
    if (plan.direct) this.#makeReady(record, now)
    else this.#admitWithExtras(record, keyGate, now, this.#dueAt(plan, now, delayMs))
    return record
  }

  #readmit(plan: Plan, args: KeptArguments, keyGate: Gate | null, past: TaskPast, delayMs: number): TaskRecord {
    const { clock, occupancy, statistics } = this.#walk
    const id = this.#table.partsOf(past.taskId)
    if (id === undefined)
      throw new UnknownTaskError(`${describeValue(past.taskId)} is the id of no task of this engine`)
    const now = clock.now()
    const epochMs = clock.epochMs()
    const record = this.#table.adopt(plan, args, id, now - (epochMs - past.createdAt))
    const extras = extrasOf(record)
    if (record.run !== null) record.run.attempt = past.attempts
    extras.retryOf = past.retryOf
    extras.delayMs = delayMs
    const dueAt = past.dueAt === null ? now : now + Math.max(0, past.dueAt - epochMs)
    // how long nobody was there is no wait of the queue's
    extras.readyAt = dueAt
    statistics.submitted++
    occupancy.entered()
    this.#admitWithExtras(record, keyGate, now, dueAt)
    return record
  }

  /** @throws QueueFullError */
  requireRoom(places: number): void {
    const { occupancy, statistics } = this.#walk
    if (occupancy.hasRoom(places)) return
    statistics.rejected += places
    throw new QueueFullError(
      `the queue is full: ${occupancy.waiting} of queueSize ${occupancy.capacity} tasks wait, ${places} more do not fit; wait with enqueue() or raise queueSize`,
    )
  }

  #makeReady(record: TaskRecord, now: number): void {
    record.plan.lane.ready.push(record)
    this.#settlement.tell(record, 'queued', now)
  }

  #admitWithExtras(record: TaskRecord, keyGate: Gate | null, now: number, dueAt: number): void {
    const { options, named } = record.plan
    if (keyGate !== null) {
      extrasOf(record).keyGate = keyGate
      keyGate.members++
    }
    if (options.uniqueKey !== undefined) {
      extrasOf(record).uniqueKey = options.uniqueKey
      named.unique ??= new Map()
      named.unique.set(options.uniqueKey, record)
    }
    if (options.expireAfterMs !== undefined) {
      const expiresAt = record.createdAt + options.expireAfterMs
      extrasOf(record).expiry = this.#walk.timers.add(expiresAt, this.#expire, record)
    }
    if (dueAt > now) this.#schedule(record, dueAt, now)
    else this.#makeReady(record, now)
    if (options.signal !== undefined) this.#obey(options.signal, record, extrasOf(record))
  }

  #dueAt({ options: { runAt } }: Plan, now: number, delayMs: number): number {
    if (runAt === undefined) return now + delayMs
    return now + Math.max(0, runAt - this.#walk.clock.epochMs())
  }

  #schedule(record: TaskRecord, dueAt: number, now: number): void {
    record.status = 'scheduled'
    // made now, it grows old along with the record: made when the task starts, it would be copied by the collector that finds
    // it held by an old object, and this is when others come due
    record.run ??= new RunState(record)
    record.timer = this.#walk.timers.add(dueAt, this.#comeDue, record)
    this.#settlement.tellScheduled(record, dueAt, now)
  }

  readonly #expire = (now: number, record: TaskRecord): void => this.#settlement.expire(record, now)

  readonly #comeDue = (now: number, record: TaskRecord): void => {
    const { runAt } = record.plan.options
    const early = runAt === undefined ? 0 : runAt - this.#walk.clock.epochMs()
    if (early > 0) {
      // the wall clock was set back meanwhile: a moment of the wall clock is not reached before the wall clock says so
      record.timer = this.#walk.timers.add(now + early, this.#comeDue, record)
      return
    }
    record.status = 'pending'
    this.#makeReady(record, now)
  }

  #obey(signal: AbortSignal, record: TaskRecord, extras: Extras): void {
    const cancel = (): void => {
      const reason = signal.reason instanceof Error ? signal.reason.message : describeValue(signal.reason)
      // as anybody may cancel it: what waits for its slot is woken too
      record.cancel(`its signal aborted: ${reason}`)
    }
    if (signal.aborted) return cancel()
    // one signal may well cancel hundreds of tasks: no leak, so no warning
    setMaxListeners(0, signal)
    signal.addEventListener('abort', cancel, { once: true })
    extras.stopListening = () => signal.removeEventListener('abort', cancel)
  }

  #replace(holder: TaskRecord): void {
    const error = cancelledError(holder, `replaced by a task with the same uniqueKey`)
    this.#settlement.cancel(holder, error, this.#walk.clock.now())
  }
}

/** The arguments as the task gets them; the lane may have something to say about them before they are copied. */
function payloadOf(plan: Plan, args: readonly unknown[]): KeptArguments {
  const { call, check } = plan
  if (check !== null) check(args)
  if (call.columns === true || call.graph === true) return args
  if (call.byReference === true && plan.options.lane === 'inline') return args
  const packed = plan.direct ? plan.lane.pack?.(args) : undefined
  return packed ?? copyArguments(args, call.name, memoryTerms(plan.options))
}

function holderOfKey(plan: Plan): TaskRecord | undefined {
  const { uniqueKey } = plan.options
  return uniqueKey === undefined ? undefined : plan.named.unique?.get(uniqueKey)
}

function extrasOf(record: TaskRecord): Extras {
  return (record.run ??= new RunState(record)).extras
}

function conflict(holder: TaskRecord, plan: Plan): UniqueKeyConflictError {
  const key = describeValue(plan.options.uniqueKey)
  return new UniqueKeyConflictError(
    `task '${holder.name}': ${holder.taskId} with uniqueKey ${key} is ${holder.status}; wait for it, or use onConflict 'existing' or 'replace'`,
  )
}
