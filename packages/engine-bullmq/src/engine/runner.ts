// One task that was fetched: its run on the local engine, and its end, first on the broker and then for those who wait.
import {
  EngineClosedError,
  PayloadError,
  TaskCrashedError,
  TaskExpiredError,
  isRetryable,
  packError,
  retryDelayMs,
  toError,
} from '@catzilla/engine'
import type { TaskHandle, TaskOutcome } from '@catzilla/engine'
import type { BrokerJob, Fetched, Source, Told } from '../broker/source.ts'
import { RECORD_VERSION, keepingOf, storeOutcome } from '../format/records.ts'
import type { StoredOutcome } from '../format/records.ts'
import { textOfLine } from '../format/log-lines.ts'
import { restoreValue, storeValue } from '../format/values.ts'
import type { Heart } from '../heartbeat/heart.ts'
import type { BrokerHandle } from './broker-handle.ts'
import { failureOf, valueCopied, withFacts } from './attempt-end.ts'
import type { End } from './attempt-end.ts'
import { cancelledError } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Intake } from './intake.ts'
import type { Messages } from './messages.ts'
import type { Settlement } from './settlement.ts'

/** A task that no worker here can read is offered to the others, and looked at again after so long. */
const LEFT_FOR_MS = 5000

/** Between two attempts to tell the broker of an end. */
const TELL_AGAIN_MS = 250

/** What BullMQ says when somebody else has the task by now, or it is gone. */
const LOST = /missing lock|missing key|not in the active state|lock mismatch|could not/i

const nothing: Fetched = { job: undefined, notBefore: 0 }

export class Runner {
  readonly #hub: Hub
  readonly #parts: { intake: Intake; settlement: Settlement; messages: Messages; heart: Heart }
  readonly #random: () => number
  readonly #running = new Set<BrokerHandle>()
  /** Tasks whose end, or that of an attempt, is on its way to the broker. */
  readonly #ending = new Set<BrokerHandle>()
  /** Told each time one of those has got there. */
  #whenTold: (() => void)[] = []

  constructor(
    hub: Hub,
    parts: { intake: Intake; settlement: Settlement; messages: Messages; heart: Heart },
    random: () => number,
  ) {
    this.#hub = hub
    this.#parts = parts
    this.#random = random
  }

  /** Settles when the broker knows of all ends so far. */
  async told(): Promise<void> {
    while (this.#ending.size > 0) await this.#nextTold()
  }

  /** Tasks that run here. */
  get running(): ReadonlySet<BrokerHandle> {
    return this.#running
  }

  /**
   * Runs a task to the end of its attempt, and tells the broker.
   * @param fetchNext whether another task of the name may come with the answer
   */
  async run(source: Source, job: BrokerJob, fetchNext: () => boolean): Promise<Fetched> {
    const { live } = this.#hub
    if (job.data.v > RECORD_VERSION) return this.#leave(source, job)
    // a retry may be fetched here before the answer to the attempt that failed has been gone through
    for (let it = live.get(job.id); it !== undefined && this.#ending.has(it); it = live.get(job.id))
      await this.#nextTold()
    const handle = this.#handleOf(job)
    if (handle === undefined) return this.#leave(source, job)
    const isOver = handle.own && !live.has(handle.taskId)
    const early = handle.peeked ?? (isOver ? goneBefore(handle) : this.#earlyEnd(handle, job))
    const lock = this.#parts.heart.add(source.name, handle.jobId)
    this.#running.add(handle)
    try {
      const outcome = early ?? (await this.#attempt(handle, job))
      if (isAbandoned(outcome)) return nothing
      this.#ending.add(handle)
      const end = this.#endOf(handle, job, handle.peeked ?? outcome)
      if (end.record.logs !== undefined) source.log(handle.jobId, end.record.logs.map(textOfLine)).catch(() => {})
      let told: Told | undefined
      try {
        told = await this.#tellBroker(source, job, handle, end, fetchNext())
      } catch (thrown) {
        told = await this.#tellAgain(source, job, handle, end, fetchNext, thrown)
      }
      return this.#afterEnd(source, job, handle, end, told)
    } finally {
      this.#parts.heart.remove(lock)
      this.#running.delete(handle)
      if (this.#ending.delete(handle) && this.#whenTold.length > 0)
        for (const resolve of this.#whenTold.splice(0)) resolve()
    }
  }

  #nextTold(): Promise<void> {
    return new Promise((resolve) => this.#whenTold.push(resolve))
  }

  /** Undefined when no task of its name is defined here. */
  #handleOf(job: BrokerJob): BrokerHandle | undefined {
    const { id, name, data } = job
    const live = this.#hub.live.get(id)
    if (live !== undefined) return live
    const call = this.#hub.calls.ofStored(name, data.options, data.columns)
    if (call === undefined) return undefined
    const { intake } = this.#parts
    // one of ours that is not live has ended here while it was on its way
    if (data.from === this.#hub.id) return intake.departed(call, id, data.args, data.createdAt)
    return intake.adopt(call, id, data.args, data.createdAt, data.retryOf ?? null, data.from)
  }

  /** For a worker that knows it. */
  async #leave(source: Source, job: BrokerJob): Promise<Fetched> {
    await source
      .whole(job)
      .moveToDelayed(Date.now() + LEFT_FOR_MS, source.token)
      .catch(() => {})
    return nothing
  }

  #earlyEnd(handle: BrokerHandle, job: BrokerJob): TaskOutcome | undefined {
    const { expiresAt } = job.data
    if (job.deferredFailure) {
      const error = new TaskCrashedError(
        `task '${handle.name}' (${handle.taskId}) was lost with its worker more than maxRecoveries ${this.#hub.options.maxRecoveries} times; look for what ends or blocks the process while it runs, then retry it`,
      )
      return { status: 'failed', error }
    }
    if (expiresAt === undefined || job.attemptsMade > 0 || this.#hub.now() < expiresAt) return undefined
    const error = new TaskExpiredError(
      `task '${handle.name}' (${handle.taskId}) had not started when its expireAfterMs were over; raise expireAfterMs or its priority`,
    )
    return { status: 'expired', error }
  }

  #attempt(handle: BrokerHandle, job: BrokerJob): Promise<TaskOutcome> | TaskOutcome {
    const { calls, local } = this.#hub
    const attempts = job.attemptsMade + job.stalledCounter
    handle.recovered ||= job.stalledCounter > 0
    handle.attempt = attempts + 1
    this.#parts.settlement.ready(handle)
    let run: TaskHandle
    try {
      const args = restoreValue(job.data.args) as readonly unknown[]
      const past = { taskId: handle.taskId, createdAt: handle.createdAt, attempts, dueAt: null, retryOf: null }
      if (local.takeUp === undefined) throw new TypeError(`the ${local.name} engine cannot take up tasks`)
      run = local.takeUp(calls.innerOf(handle.call), args, past)
    } catch (thrown) {
      return { status: 'failed', error: toError(thrown) }
    }
    handle.run = run
    return new Promise<TaskOutcome>((resolve) => run.onSettled(resolve))
  }

  #endOf(handle: BrokerHandle, job: BrokerJob, outcome: TaskOutcome): End {
    const stored = this.#stored(handle, outcome)
    const final = stored.failure ?? outcome
    const retryIn = job.deferredFailure ? undefined : this.#retryIn(handle, final)
    return { outcome: final, record: stored.record, retryIn }
  }

  /** @param told undefined when somebody else has the task by now */
  #afterEnd(source: Source, job: BrokerJob, handle: BrokerHandle, end: End, told: Told | undefined): Fetched {
    if (told === undefined) {
      this.#lost(handle)
      return nothing
    }
    const next = source.read(told.result)
    if (!this.#hub.live.has(handle.taskId)) return next
    const { outcome, record, retryIn } = end
    this.#tellOthers(handle, job, end)
    if (retryIn !== undefined && outcome.status === 'failed') {
      this.#parts.settlement.retrying(handle, handle.attempt, outcome.error, retryIn)
      if (!handle.own) this.#hub.live.delete(handle.taskId)
    } else this.#parts.settlement.settle(handle, valueCopied(outcome, record))
    return next
  }

  #stored(handle: BrokerHandle, outcome: TaskOutcome): { record: StoredOutcome; failure?: TaskOutcome } {
    handle.noteRun()
    const completedAt = this.#hub.now()
    try {
      return { record: withFacts(storeOutcome(outcome), handle, completedAt) }
    } catch (cause) {
      const message = `task '${handle.name}' (${handle.taskId}): its result cannot be given to a broker: ${toError(cause).message}; give back plain data`
      const error = new PayloadError(message, [{ path: [], message: toError(cause).message }], { cause })
      const failure: TaskOutcome = { status: 'failed', error }
      return { record: withFacts(storeOutcome(failure), handle, completedAt), failure }
    }
  }

  /** The pause before the next attempt; undefined when there is none. */
  #retryIn(handle: BrokerHandle, outcome: TaskOutcome): number | undefined {
    const { options } = handle.call
    if (outcome.status !== 'failed' || handle.peeked !== undefined) return undefined
    if (handle.attempt > options.maxRetries || !isRetryable(outcome.error)) return undefined
    if ((outcome.error as { isFinal?: true }).isFinal === true) return undefined
    try {
      return retryDelayMs(options, handle.attempt, outcome.error, this.#random())
    } catch (thrown) {
      // what the backoff function answered is what the task fails with
      Object.assign(outcome, { error: toError(thrown) })
      return undefined
    }
  }

  #tellBroker(
    source: Source,
    job: BrokerJob,
    handle: BrokerHandle,
    { outcome, record, retryIn }: End,
    fetchNext: boolean,
  ): Promise<Told> {
    const { keepResultMs } = handle.call.options
    return outcome.status === 'completed'
      ? source.complete(job, record, keepingOf(job.data, keepResultMs, true), fetchNext)
      : source.fail(job, failureOf(outcome.error, record, retryIn), keepingOf(job.data, keepResultMs, false), fetchNext)
  }

  /** After an answer that was a failure. Undefined when somebody else has the task by now. */
  async #tellAgain(
    source: Source,
    job: BrokerJob,
    handle: BrokerHandle,
    end: End,
    fetchNext: () => boolean,
    failure: unknown,
  ): Promise<Told | undefined> {
    for (let last = failure; ;) {
      if (this.#hub.stoppingSince === Infinity || LOST.test(toError(last).message)) return undefined
      await new Promise((resolve) => setTimeout(resolve, TELL_AGAIN_MS).unref())
      try {
        return await this.#tellBroker(source, job, handle, end, fetchNext())
      } catch (thrown) {
        last = thrown
      }
    }
  }

  #tellOthers(handle: BrokerHandle, job: BrokerJob, { outcome, record, retryIn }: End): void {
    const { from } = job.data
    const id = handle.taskId
    if (handle.own || from === this.#hub.id) return
    const { messages } = this.#parts
    if (retryIn === undefined || outcome.status !== 'failed') messages.toOne(from, { t: 'ended', id, outcome: record })
    else {
      const error = storeValue(packError(outcome.error))
      messages.toOne(from, { t: 'retrying', id, attempt: handle.attempt, error, delayMs: retryIn })
    }
  }

  /** Another worker has it: whoever waits hears from that one. */
  #lost(handle: BrokerHandle): void {
    handle.run = null
    if (!handle.own) this.#hub.live.delete(handle.taskId)
    else if (handle.peeked === undefined) {
      handle.phase = 'pending'
      handle.heardAt = 0
    }
  }
}

/** The engine closes over a run: the broker gives the task to somebody else. */
function isAbandoned(outcome: TaskOutcome): boolean {
  return outcome.status === 'cancelled' && outcome.error instanceof EngineClosedError
}

function goneBefore(handle: BrokerHandle): TaskOutcome {
  return { status: 'cancelled', error: cancelledError(handle, 'it ended before a worker took it') }
}
