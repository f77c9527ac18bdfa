// Where tasks come in: refused, found to exist already, or made into a job that goes to the broker.
import { setMaxListeners } from 'node:events'
import {
  ConfigurationError,
  EngineUnavailableError,
  PayloadError,
  UniqueKeyConflictError,
  copyArguments,
  formatPath,
  describeValue,
} from '@catzilla/engine'
import type { Clock, TaskCall } from '@catzilla/engine'
import type { TaskIds } from '../format/task-ids.ts'
import { storeValue } from '../format/values.ts'
import type { StoredValue } from '../format/values.ts'
import { BrokerHandle } from './broker-handle.ts'
import type { HandleHome } from './broker-handle.ts'
import type { KnownCall } from './calls.ts'
import { expiredError, reasonOf } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Limits } from './limits.ts'
import type { Occupancy } from './occupancy.ts'
import type { Outbox, OutgoingTask, TaskSender } from './outbox.ts'
import { eventOf } from './settlement.ts'
import type { Settlement } from './settlement.ts'

export class Intake implements TaskSender {
  readonly #hub: Hub
  readonly #parts: { outbox: Outbox; occupancy: Occupancy; settlement: Settlement; limits: Limits; ids: TaskIds }
  readonly #clock: Clock
  readonly #home: HandleHome
  /** Which task submitted here has a unique key. */
  readonly #holders = new Map<string, BrokerHandle>()
  #ordinal = 0

  constructor(
    hub: Hub,
    parts: { outbox: Outbox; occupancy: Occupancy; settlement: Settlement; limits: Limits; ids: TaskIds },
    clock: Clock,
    home: HandleHome,
  ) {
    this.#hub = hub
    this.#parts = parts
    this.#clock = clock
    this.#home = home
  }

  /** @throws QueueFullError, PayloadError, UniqueKeyConflictError */
  submit(known: KnownCall, args: readonly unknown[], retryOf: string | null = null): BrokerHandle {
    const { call } = known
    const holder = this.#holderOf(known)
    // the retry of a task is a task of its own
    if (holder !== undefined && call.options.onConflict === 'existing' && retryOf === null) return holder
    if (holder !== undefined && call.options.onConflict !== 'replace') throw conflict(holder, known)
    this.#parts.occupancy.requireRoom(holder === undefined || !holder.isWaiting ? 1 : 0)
    const payload = payloadOf(call.name, args)
    holder?.cancel(`replaced by a task with the same uniqueKey ${describeValue(call.options.uniqueKey)}`)
    return this.#admit(known, payload, retryOf)
  }

  /** All or none. @throws as `submit` */
  submitMany(known: KnownCall, argsList: readonly (readonly unknown[])[]): BrokerHandle[] {
    const { name, options } = known.call
    if (options.uniqueKey !== undefined) {
      throw new ConfigurationError(
        `task '${name}': a batch cannot share uniqueKey ${describeValue(options.uniqueKey)}; submit its tasks one by one`,
      )
    }
    this.#parts.occupancy.requireRoom(argsList.length)
    const payloads = argsList.map((args) => payloadOf(name, args))
    return payloads.map((payload) => this.#admit(known, payload, null))
  }

  /** A task of another process that is about to run here. */
  adopt(
    call: TaskCall,
    taskId: string,
    payload: StoredValue,
    createdAt: number,
    retryOf: string | null,
    from: string,
  ): BrokerHandle {
    const more = { taskId, payload, retryOf, from, ordinal: ++this.#ordinal, createdAt }
    const handle = new BrokerHandle(this.#home, call, more)
    handle.accept()
    this.#hub.counts.cameIn(call.name)
    this.#hub.live.set(taskId, handle)
    return handle
  }

  /** A task of this process that has ended, and whose job is found all the same: nobody hears of it. */
  departed(call: TaskCall, taskId: string, payload: StoredValue, createdAt: number): BrokerHandle {
    return new BrokerHandle(this.#home, call, { taskId, payload, retryOf: null, from: null, ordinal: 0, createdAt })
  }

  #holderOf({ call }: KnownCall): BrokerHandle | undefined {
    return call.options.uniqueKey === undefined
      ? undefined
      : this.#holders.get(keyOf(call.name, call.options.uniqueKey))
  }

  #admit(known: KnownCall, payload: StoredValue, retryOf: string | null): BrokerHandle {
    const { call } = known
    const { ids, occupancy } = this.#parts
    const now = this.#hub.now()
    const more = { taskId: ids.next(), payload, retryOf, from: null, ordinal: ++this.#ordinal, createdAt: now }
    const handle = new BrokerHandle(this.#home, call, more)
    this.#hub.counts.cameIn(call.name)
    this.#hub.live.set(handle.taskId, handle)
    occupancy.entered(handle)
    this.#hold(handle)
    this.#schedule(handle, now)
    this.#watchExpiry(handle)
    if (this.#watchSignal(handle)) this.#send(handle, known)
    return handle
  }

  #hold(handle: BrokerHandle): void {
    const { uniqueKey } = handle.call.options
    if (uniqueKey === undefined) return
    const key = keyOf(handle.name, uniqueKey)
    this.#holders.set(key, handle)
    handle.undoing(() => {
      if (this.#holders.get(key) === handle) this.#holders.delete(key)
    })
  }

  #schedule(handle: BrokerHandle, now: number): void {
    const { delayMs, runAt } = handle.call.options
    const dueAt = runAt ?? now + delayMs
    const { events } = this.#hub
    if (dueAt <= now) {
      events.emit<'queued'>({ ...eventOf(handle, now), type: 'queued' })
      return
    }
    handle.phase = 'scheduled'
    handle.dueAt = dueAt
    handle.readyAt = dueAt
    events.emit<'scheduled'>({ ...eventOf(handle, now), type: 'scheduled', dueAt })
    const alarm = this.#clock.setAlarm(dueAt - now, () => this.#parts.settlement.ready(handle))
    handle.undoing(() => alarm.cancel())
  }

  #watchExpiry(handle: BrokerHandle): void {
    const { expireAfterMs } = handle.call.options
    if (expireAfterMs === undefined) return
    const { outbox, settlement } = this.#parts
    const expire = async (): Promise<void> => {
      const error = expiredError(handle, expireAfterMs)
      if (handle.attempt > 0 || handle.run !== null || handle.peeked !== undefined) return
      settlement.settle(handle, { status: 'expired', error })
    }
    const alarm = this.#clock.setAlarm(expireAfterMs, () => {
      // who takes it from the broker decides whether it has begun
      outbox.do(handle.name, async (queue) => {
        if ((await queue.remove(handle.jobId)) > 0) await expire()
      })
    })
    handle.undoing(() => alarm.cancel())
  }

  /** False when the task is over before it was sent. */
  #watchSignal(handle: BrokerHandle): boolean {
    const { signal } = handle.call.options
    if (signal === undefined) return true
    if (signal.aborted) {
      queueMicrotask(() => handle.cancel(reasonOf(signal)))
      return false
    }
    const abort = (): void => void handle.cancel(reasonOf(signal))
    // one signal may be that of many tasks
    setMaxListeners(0, signal)
    signal.addEventListener('abort', abort, { once: true })
    handle.undoing(() => signal.removeEventListener('abort', abort))
    return true
  }

  #send(handle: BrokerHandle, known: KnownCall): void {
    const { outbox, limits } = this.#parts
    const { name, options } = known.call
    limits.configure(name, options)
    outbox.add(name, { handle, known, sender: this })
  }

  /** The broker has it. @param jobId another task's where the unique key is taken */
  added({ handle, known }: OutgoingTask, jobId: string): void {
    handle.heardAt = this.#hub.now()
    if (jobId === handle.taskId) {
      handle.accept()
      return
    }
    const holder = this.#hub.live.get(jobId)
    // our own one that has ended by now: its key is about to become free
    if (holder === undefined && handle.call.options.onConflict === 'replace')
      return this.#replaceForeign(handle, known, jobId)
    if (holder !== undefined || handle.call.options.onConflict === 'reject')
      return this.#sendAgainOrRefuse(handle, known, jobId)
    handle.jobId = jobId
    handle.accept()
  }

  #replaceForeign(handle: BrokerHandle, known: KnownCall, jobId: string): void {
    this.#home.cancelJob(
      handle.name,
      jobId,
      `replaced by a task with the same uniqueKey ${describeValue(handle.call.options.uniqueKey)}`,
    )
    this.#later(handle, known)
  }

  #sendAgainOrRefuse(handle: BrokerHandle, known: KnownCall, jobId: string): void {
    void this.#hub.queues
      .of(handle.name)
      .getJobState(jobId)
      .then((state) => {
        const isOver = state === 'completed' || state === 'failed' || state === 'unknown'
        if (isOver || handle.call.options.onConflict !== 'reject') return this.#later(handle, known)
        const error = new UniqueKeyConflictError(
          `task '${handle.name}': uniqueKey ${describeValue(handle.call.options.uniqueKey)} is taken by task ${jobId}, which is ${state}; wait for it, or use onConflict: 'existing' or 'replace'`,
        )
        handle.refuse(error)
        this.#parts.settlement.settle(handle, { status: 'failed', error })
      })
      .catch((error: Error) => this.refused({ handle }, error))
  }

  #later(handle: BrokerHandle, known: KnownCall): void {
    if (handle.peeked !== undefined) return
    const alarm = this.#clock.setAlarm(20, () => this.#send(handle, known))
    handle.undoing(() => alarm.cancel())
  }

  /** The broker does not take it. */
  refused({ handle }: Pick<OutgoingTask, 'handle'>, cause: Error): void {
    const error = new EngineUnavailableError(
      `task '${handle.name}' (${handle.taskId}) could not be given to the broker: ${cause.message}; submit it again when the broker works`,
      { cause },
    )
    handle.refuse(error)
    this.#parts.settlement.settle(handle, { status: 'failed', error })
  }
}

function keyOf(name: string, uniqueKey: string): string {
  return `${name}\0${uniqueKey}`
}

function conflict(holder: BrokerHandle, { call }: KnownCall): UniqueKeyConflictError {
  return new UniqueKeyConflictError(
    `task '${call.name}': uniqueKey ${describeValue(call.options.uniqueKey)} is taken by task ${holder.taskId}, which is ${holder.status}; wait for it, or use onConflict: 'existing' or 'replace'`,
  )
}

/** @throws PayloadError */
function payloadOf(name: string, args: readonly unknown[]): StoredValue {
  // the copy is ours, so that what the caller does to the arguments later is not seen
  const copied = copyArguments(args, name)
  try {
    return storeValue([...copied])
  } catch (error) {
    const { message } = error as Error
    const path = placeOfStranger(copied)
    throw new PayloadError(
      `task '${name}': args${formatPath(path)} cannot be given to a broker: ${message}; pass plain data`,
      [{ path, message }],
      { cause: error },
    )
  }
}

/** Where in the arguments stands what cannot travel. */
function placeOfStranger(value: object): (string | number)[] {
  for (const [name, each] of Object.entries(value)) {
    if (typeof each !== 'object' || each === null || canTravel(each)) continue
    const isPlain = Array.isArray(each) || Object.getPrototypeOf(each) === Object.prototype
    return [Array.isArray(value) ? Number(name) : name, ...(isPlain ? placeOfStranger(each as object) : [])]
  }
  return []
}

function canTravel(value: unknown): boolean {
  try {
    storeValue(value)
    return true
  } catch {
    return false
  }
}
