// Looks after attempts that run: how much memory they have taken, and whether their processes still answer.
import { MemoryLimitError } from '../../contract/errors.ts'
import type { Clock } from '../../support/clock.ts'
import type { TaskRecord } from '../../typescript/task-record.ts'
import type { Walk } from '../../typescript/walk.ts'
import { WatchedTime } from '../watched-time.ts'
import type { AttemptEnds } from './attempt-ends.ts'
import type { ProcessAttempt } from './process-attempt.ts'
import { howItEnded } from './process-end.ts'
import type { ProcessEnd } from './process-end.ts'
import { RepeatedLook } from './repeated-look.ts'
import type { ProcessSettings } from './settings.ts'

const MIB = 1024 * 1024

export class AttemptWatch {
  readonly #walk: Walk
  readonly #attempts: ReadonlyMap<TaskRecord, ProcessAttempt>
  readonly #ends: AttemptEnds
  readonly #settings: ProcessSettings
  readonly #clock: Clock
  readonly #watched: WatchedTime
  readonly #memory: RepeatedLook
  readonly #pulse: RepeatedLook

  constructor(
    walk: Walk,
    attempts: ReadonlyMap<TaskRecord, ProcessAttempt>,
    ends: AttemptEnds,
    settings: ProcessSettings,
    clock: Clock,
  ) {
    this.#walk = walk
    this.#attempts = attempts
    this.#ends = ends
    this.#settings = settings
    this.#clock = clock
    this.#watched = new WatchedTime(2 * settings.pulseMs)
    this.#memory = new RepeatedLook(clock, settings.memoryMs, () => this.#lookAtMemory())
    this.#pulse = new RepeatedLook(clock, settings.pulseMs, () => this.#feelPulse())
  }

  /** An attempt runs. */
  start(): void {
    if (this.#settings.residentBytes !== null) this.#memory.start()
    this.#pulse.start()
  }

  stop(): void {
    this.#memory.stop()
    this.#pulse.stop()
  }

  /** The resident memory of the process that has the attempt, in bytes. */
  measured(attempt: ProcessAttempt, rss: number): void {
    const { run, record, child } = attempt
    const added = attempt.measure(rss)
    const { memoryLimitMb } = record.plan.options
    if (run === null || attempt.dropped || attempt.loading || added <= memoryLimitMb * MIB) return
    child.kill()
    this.#ends.fail(
      attempt,
      new MemoryLimitError(
        `task '${record.name}' added ${Math.ceil(added / MIB)} MiB to the memory of its process (${child.pid}), its memoryLimitMb is ${memoryLimitMb}; raise it or work on smaller pieces`,
      ),
    )
  }

  /** Its process has ended while it ran, and nobody here had asked for that. */
  gone(attempt: ProcessAttempt, end: ProcessEnd): void {
    if (attempt.run === null || attempt.dropped || attempt.stalled) return
    attempt.stalled = true
    this.#tellStalled(attempt, `its process (${end.pid}) is gone: ${howItEnded(end)}`)
  }

  #lookAtMemory(): boolean {
    for (const attempt of this.#attempts.values()) {
      const rss = attempt.run === null ? undefined : this.#settings.residentBytes?.(attempt.child.pid)
      if (rss !== undefined) this.measured(attempt, rss)
    }
    return this.#attempts.size > 0
  }

  #feelPulse(): boolean {
    const now = this.#watched.look(this.#clock.now())
    for (const attempt of this.#attempts.values()) {
      const { child } = attempt
      if (attempt.run === null || attempt.stalled) continue
      if (child.pingedAt === null) {
        child.pingedAt = now
        child.send({ kind: 'ping' })
      } else if (now - child.pingedAt >= this.#settings.stalledAfterMs) this.#suspect(attempt)
    }
    return this.#attempts.size > 0
  }

  /** Its answer may be there and not have been read: this event loop may have been the busy one. */
  #suspect(attempt: ProcessAttempt): void {
    setImmediate(() => {
      if (attempt.stalled || attempt.child.pingedAt === null || attempt.run?.current !== true) return
      attempt.stalled = true
      this.#tellStalled(attempt, this.#whySilent(attempt))
    })
  }

  #whySilent({ child }: ProcessAttempt): string {
    const seconds = (this.#clock.now() - child.heardAt) / 1000
    return this.#settings.isStopped(child.pid)
      ? `its process (${child.pid}) is stopped, by SIGSTOP or a debugger`
      : `its process (${child.pid}) has not answered for ${seconds.toFixed(1)} s: its event loop is blocked`
  }

  #tellStalled({ record }: ProcessAttempt, reason: string): void {
    const { events, clock, toEpoch } = this.#walk
    if (!events.wants('stalled')) return
    const { taskId, name, plan } = record
    const at = toEpoch(clock.now())
    events.emit({ type: 'stalled', taskId, name, priority: plan.options.priority, at, reason })
  }
}
