// Tasks that come again: at each slot of a timetable one task is submitted.
import { ConfigurationError, KeepAlive, checkOptions, describeValue, is, toError } from '@catzilla/engine'
import type { Alarm, Clock, OptionTable } from '@catzilla/engine'
import type { SchedulePlace } from './schedule-place.ts'
import { MOST_SLOTS, cronTimetable, intervalTimetable, slotsBetween } from './timetable.ts'
import type { Timetable } from './timetable.ts'

/** What to do about slots that passed while the process slept, was blocked, or could not submit. */
export type MisfirePolicy = 'skip' | 'once' | 'all'

/** When a schedule runs: `cron` or `everyMs`, one of the two. */
export interface ScheduleOptions {
  /** Cron pattern of five fields, or six with seconds first. */
  readonly cron?: string
  /** Interval in milliseconds, at least 1; the first slot is one interval from now. */
  readonly everyMs?: number
  /** IANA name such as `Europe/Stockholm`, for `cron`; the local zone by default. */
  readonly timeZone?: string
  /** Slots missed by more than a second: drop them, run once for all of them (default), or run each (up to 1000). */
  readonly misfire?: MisfirePolicy
}

/** What a schedule is doing. Times are epoch milliseconds; null: none. */
export interface ScheduleInfo {
  readonly id: string
  readonly taskName: string
  readonly nextRunAt: number | null
  readonly lastSlotAt: number | null
  readonly submitted: number
  readonly missed: number
  readonly paused: boolean
  /** Why the latest submission was refused; null when it was not. */
  readonly lastError: Error | null
}

const table: OptionTable = {
  cron: { byDefault: 'none', accepts: 'a cron pattern', about: 'When to run.', check: is.text },
  everyMs: {
    byDefault: 'none',
    accepts: 'a number of milliseconds ≥ 1',
    about: 'How often to run.',
    check: is.number(1),
  },
  timeZone: { byDefault: 'local', accepts: 'an IANA time zone', about: 'Zone of `cron`.', check: is.text },
  misfire: {
    byDefault: "'once'",
    accepts: "'skip', 'once' or 'all'",
    about: 'What to do about missed slots.',
    check: is.oneOf('skip', 'once', 'all'),
  },
}

/** A slot is missed when it could not be run within this time, in milliseconds. */
const GRACE_MS = 1000

/** Longest sleep: timers stand still while the machine sleeps, so the wall clock is looked at now and then. */
const LONGEST_SLEEP_MS = 60_000

/** What a schedule needs of those who hold it. */
export interface ScheduleHome {
  readonly clock: Clock
  /** Nothing comes due, as in a thread or process of a lane. */
  readonly dormant?: boolean
  /** Where it stood when the process before ended, and where it is to be noted. */
  readonly place: SchedulePlace
  /** Submits the task for a slot (epoch milliseconds), or besides its slots (null); resolves when the engine has it. */
  submit(slot: number | null): Promise<void>
  /** Told once, when the schedule is removed. */
  removed(): void
}

/** A running schedule. It keeps the process alive until it is removed. */
export class Schedule {
  readonly id: string
  readonly taskName: string
  readonly #timetable: Timetable
  readonly #misfire: MisfirePolicy
  readonly #home: ScheduleHome
  readonly #keepAlive = new KeepAlive()
  #alarm: Alarm | undefined
  #nextSlot: number | null
  #lastSlot: number | null = null
  #submitted = 0
  #submitting = false
  /** Slots that have come and are not yet run or dropped. */
  #due: number[] = []
  #missed = 0
  #paused = false
  #removed = false
  #lastError: Error | null = null

  /** @throws ConfigurationError */
  constructor(id: string, taskName: string, options: ScheduleOptions, home: ScheduleHome) {
    checkOptions(table, options, `schedule '${id}'`)
    this.id = id
    this.taskName = taskName
    this.#home = home
    this.#misfire = options.misfire ?? 'once'
    const now = home.clock.epochMs()
    const slot = home.dormant === true ? undefined : home.place.read()
    // an interval keeps its rhythm
    const anchor = slot === undefined ? now : slot - (options.everyMs ?? 0)
    this.#timetable = timetableOf(id, options, anchor)
    this.#nextSlot = slot ?? this.#nextAfter(now)
    if (slot === undefined) home.place.write(this.#nextSlot)
    this.#sleep()
  }

  get info(): ScheduleInfo {
    return {
      id: this.id,
      taskName: this.taskName,
      nextRunAt: this.#paused ? null : this.#nextSlot,
      lastSlotAt: this.#lastSlot,
      submitted: this.#submitted,
      missed: this.#missed,
      paused: this.#paused,
      lastError: this.#lastError,
    }
  }

  /** Submits nothing until `resume`. */
  pause(): void {
    this.#paused = true
    this.#home.place.write(null)
    this.#stop()
  }

  /** Goes on with the first slot from now; slots in the pause are not made up for. */
  resume(): void {
    if (!this.#paused || this.#removed) return
    this.#paused = false
    this.#nextSlot = this.#nextAfter(this.#home.clock.epochMs())
    this.#home.place.write(this.#nextSlot)
    this.#sleep()
  }

  /** Submits the task now, besides its slots. @throws as `enqueue` of the task */
  async runNow(): Promise<void> {
    await this.#home.submit(null)
    this.#submitted++
  }

  /** Ends the schedule for good; tasks submitted before go on. */
  remove(): void {
    if (this.#removed) return
    this.#home.place.write(null)
    this.close()
  }

  /** Ends it in this process; the next one goes on where it stands, if the engine outlives this one. */
  close(): void {
    if (this.#removed) return
    this.#removed = true
    this.#nextSlot = null
    this.#stop()
    this.#home.removed()
  }

  #nextAfter(now: number): number | null {
    return this.#home.dormant === true ? null : this.#timetable.next(now)
  }

  #stop(): void {
    this.#alarm?.cancel()
    this.#keepAlive.close()
  }

  #sleep(): void {
    this.#keepAlive.hold(this.#nextSlot !== null)
    if (this.#nextSlot === null) return
    const { clock } = this.#home
    const left = Math.max(0, this.#nextSlot - clock.epochMs())
    this.#alarm = clock.setAlarm(Math.min(left, LONGEST_SLEEP_MS), () => this.#wake())
  }

  #wake(): void {
    const now = this.#home.clock.epochMs()
    const from = this.#nextSlot
    if (from !== null && now >= from) {
      this.#due.push(from, ...slotsBetween(this.#timetable, from, now))
      this.#due.splice(0, this.#due.length - MOST_SLOTS)
      this.#nextSlot = this.#timetable.next(now)
      this.#runDue()
    }
    this.#sleep()
  }

  /** One submission at a time: slots that come due while it waits for room are missed, or made up for, when it is through. */
  #runDue(): void {
    if (this.#submitting || this.#due.length === 0) return
    this.#submitting = true
    const slots = this.#slotsToRun(this.#due.splice(0), this.#home.clock.epochMs())
    void this.#runAll(slots).finally(() => {
      this.#submitting = false
      if (!this.#paused && !this.#removed) this.#runDue()
    })
  }

  async #runAll(slots: readonly number[]): Promise<void> {
    for (const [index, slot] of slots.entries()) {
      if (this.#paused || this.#removed) return
      await this.#run(slot)
      this.#note(slots[index + 1])
    }
    if (slots.length === 0) this.#note(undefined)
  }

  /** What comes next is known, unless somebody has put an end to it meanwhile. */
  #note(next: number | undefined): void {
    if (!this.#paused && !this.#removed) this.#home.place.write(next ?? this.#due[0] ?? this.#nextSlot)
  }

  /** The due slots that are run, by the misfire policy. */
  #slotsToRun(due: readonly number[], now: number): readonly number[] {
    const late = due.filter((slot) => now - slot > GRACE_MS)
    const onTime = due.filter((slot) => now - slot <= GRACE_MS)
    this.#missed += late.length
    if (this.#misfire === 'all') return due
    if (this.#misfire === 'skip' || onTime.length > 0) return onTime
    return late.slice(-1)
  }

  #run(slot: number): Promise<void> {
    this.#lastSlot = slot
    return this.#home.submit(slot).then(
      () => {
        this.#submitted++
        this.#lastError = null
      },
      (thrown: unknown) => {
        this.#lastError = toError(thrown)
        process.emitWarning(`schedule '${this.id}' could not submit its task: ${this.#lastError.message}`, {
          type: 'CatzillaWarning',
          code: 'CATZILLA_SCHEDULE_MISSED',
        })
      },
    )
  }
}

function timetableOf(id: string, { cron, everyMs, timeZone }: ScheduleOptions, now: number): Timetable {
  if ((cron === undefined) === (everyMs === undefined)) {
    throw new ConfigurationError(
      `schedule '${id}': give either cron or everyMs, got ${describeValue({ cron, everyMs })}`,
    )
  }
  if (everyMs !== undefined && timeZone !== undefined) {
    throw new ConfigurationError(`schedule '${id}': timeZone goes with cron; an interval has no time zone`)
  }
  return cron === undefined ? intervalTimetable(everyMs ?? 0, now) : cronTimetable(cron, timeZone)
}
