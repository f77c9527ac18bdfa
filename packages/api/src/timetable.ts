// When a schedule runs: the slots of a cron pattern in a time zone, or of an interval. Pure functions of time.
import { ConfigurationError, describeValue, toError } from '@catzilla/engine'
import { Cron } from 'croner'

/** Slots in epoch milliseconds. */
export interface Timetable {
  /** The first slot after `epochMs`; null when there is none any more. */
  next(epochMs: number): number | null
  /** The distance of the slots where it is always the same: lets a long gap be jumped. */
  readonly everyMs?: number
}

/**
 * The slots of a cron pattern (five fields, or six with seconds first) in a time zone, the local one by default.
 * A slot in the hour that summer time skips runs right after the gap; one in the hour that comes twice runs once.
 * @throws ConfigurationError naming what is wrong with the pattern or the zone; also where no day ever fits, as 31 February
 */
export function cronTimetable(pattern: string, timeZone: string | undefined): Timetable {
  try {
    const cron = new Cron(pattern, { paused: true, ...(timeZone === undefined ? {} : { timezone: timeZone }) })
    // the pattern is checked by the constructor, the zone by its first use
    if (cron.nextRun(new Date(0)) === null) throw new Error('there is no such day')
    return { next: (epochMs) => cron.nextRun(new Date(epochMs))?.getTime() ?? null }
  } catch (thrown) {
    const where = timeZone === undefined ? '' : ` in time zone ${describeValue(timeZone)}`
    throw new ConfigurationError(
      `schedule: cron ${describeValue(pattern)}${where} is not valid: ${toError(thrown).message}`,
      { cause: thrown },
    )
  }
}

/** Slots every `everyMs` milliseconds after `anchor`. */
export function intervalTimetable(everyMs: number, anchor: number): Timetable {
  const slot = (step: number): number => anchor + step * everyMs
  return {
    everyMs,
    next: (epochMs) => {
      const step = Math.max(1, Math.floor((epochMs - anchor) / everyMs) + 1)
      // fractions round: the division may give the step of a slot that is already there
      return slot(step) > epochMs ? slot(step) : slot(step + 1)
    },
  }
}

/** Most slots that a schedule makes up for at once. */
export const MOST_SLOTS = 1000

/** The slots after `after` up to and with `now`, the latest thousand of them. */
export function slotsBetween(timetable: Timetable, after: number, now: number): number[] {
  const slots: number[] = []
  const reach = timetable.everyMs === undefined ? Infinity : (MOST_SLOTS + 1) * timetable.everyMs
  for (
    let slot = timetable.next(Math.max(after, now - reach));
    slot !== null && slot <= now;
    slot = timetable.next(slot)
  ) {
    slots.push(slot)
    if (slots.length > MOST_SLOTS) slots.shift()
  }
  return slots
}
