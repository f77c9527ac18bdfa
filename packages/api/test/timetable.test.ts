// When schedules run: intervals and cron patterns as functions of time.
import { ConfigurationError } from '@catzilla/api'
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MOST_SLOTS, cronTimetable, intervalTimetable, slotsBetween } from '../src/timetable.ts'
import type { Timetable } from '../src/timetable.ts'

const epochMs = fc.double({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0), noNaN: true })

function iso(slots: readonly (number | null)[]): (string | undefined)[] {
  return slots.map((slot) => (slot === null ? undefined : new Date(slot).toISOString().replace(':00.000Z', 'Z')))
}

/** The first `count` slots after a moment. */
function first(count: number, timetable: Timetable, after: string): (string | undefined)[] {
  const slots: (number | null)[] = [timetable.next(Date.parse(after))]
  while (slots.length < count) slots.push(timetable.next(slots.at(-1) ?? 0))
  return iso(slots)
}

describe('an interval', () => {
  test('the next slot is the first after the moment, a whole number of intervals from the anchor', () => {
    const everyMs = fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 1, max: 1e9, noNaN: true }))
    fc.assert(
      fc.property(everyMs, epochMs, fc.double({ min: -1e9, max: 1e11, noNaN: true }), (every, anchor, from) => {
        const now = anchor + from
        const slot = intervalTimetable(every, anchor).next(now) ?? Number.NaN
        expect(slot).toBeGreaterThan(now)
        const steps = (slot - anchor) / every
        expect(Math.abs(steps - Math.round(steps)) * every).toBeLessThan(0.01)
        expect(Math.round(steps)).toBeGreaterThanOrEqual(1)
        expect(slot - Math.max(now, anchor)).toBeLessThan(every + 0.01)
      }),
      { ...seeded, numRuns: 2000 },
    )
  })

  test('slots go on and on: each after the one before, also for fractions', () => {
    const everyMs = fc.double({ min: 1, max: 5000, noNaN: true })
    fc.assert(
      fc.property(everyMs, epochMs, (every, anchor) => {
        const timetable = intervalTimetable(every, anchor)
        let slot = anchor
        for (let step = 1; step <= 100; step++) {
          const next = timetable.next(slot) ?? Number.NaN
          expect(next).toBeGreaterThan(slot)
          slot = next
        }
        expect(Math.abs(slot - (anchor + 100 * every))).toBeLessThan(every / 2)
      }),
      { ...seeded, numRuns: 300 },
    )
  })

  test('the first slot is one interval from the anchor', () => {
    const timetable = intervalTimetable(1000, 5000)
    expect([5000, 5999.9, 6000, 6500, 0].map((now) => timetable.next(now))).toEqual([6000, 6000, 7000, 7000, 6000])
  })
})

describe('a cron pattern', () => {
  test('the next slot is after the moment, and the first one', () => {
    const patterns = ['* * * * *', '*/7 * * * *', '0 3 * * *', '30 2 * * 1-5', '15 10 1 * *', '*/20 * * * * *']
    const zones = ['UTC', 'Europe/Stockholm', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']
    fc.assert(
      fc.property(fc.constantFrom(...patterns), fc.constantFrom(...zones), epochMs, (pattern, zone, now) => {
        const timetable = cronTimetable(pattern, zone)
        const slot = timetable.next(now) ?? Number.NaN
        expect(slot).toBeGreaterThan(now)
        expect(slot % 1000).toBe(0)
        expect(timetable.next(slot - 1)).toBe(slot)
        expect(timetable.next(Math.max(now, slot - 0.5))).toBe(slot)
        expect(timetable.next(slot)).toBeGreaterThan(slot)
      }),
      { ...seeded, numRuns: 200 },
    )
  })

  test('is read in its time zone', () => {
    expect(first(2, cronTimetable('0 9 * * *', 'Asia/Kolkata'), '2026-01-01T00:00Z')).toEqual([
      '2026-01-01T03:30Z',
      '2026-01-02T03:30Z',
    ])
    expect(first(1, cronTimetable('0 9 * * 1', 'UTC'), '2026-01-01T00:00Z')).toEqual(['2026-01-05T09:00Z'])
    expect(cronTimetable('30 0 9 * * *', 'UTC').next(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2026, 0, 1, 9, 0, 30))
  })

  test.each([
    [
      'Europe/Stockholm',
      '30 2 * * *',
      '2026-03-27T12:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'America/New_York',
      '30 2 * * *',
      '2026-03-06T12:00Z',
      ['2026-03-07T07:30Z', '2026-03-08T07:00Z', '2026-03-09T06:30Z'],
    ],
    [
      'Europe/Stockholm',
      '0 12 * * *',
      '2026-03-28T00:00Z',
      ['2026-03-28T11:00Z', '2026-03-29T10:00Z', '2026-03-30T10:00Z'],
    ],
  ])(
    'spring in %s: %s after %s, what falls into the skipped hour comes right after it',
    (zone, pattern, after, slots) => {
      expect(first(3, cronTimetable(pattern, zone), after)).toEqual(slots)
    },
  )

  test.each([
    [
      'Europe/Stockholm',
      '30 2 * * *',
      '2026-10-23T12:00Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'America/New_York',
      '30 1 * * *',
      '2026-10-30T12:00Z',
      ['2026-10-31T05:30Z', '2026-11-01T05:30Z', '2026-11-02T06:30Z'],
    ],
    [
      'America/New_York',
      '0 12 * * *',
      '2026-10-31T00:00Z',
      ['2026-10-31T16:00Z', '2026-11-01T17:00Z', '2026-11-02T17:00Z'],
    ],
  ])('autumn in %s: %s after %s, the hour that comes twice counts once', (zone, pattern, after, slots) => {
    expect(first(3, cronTimetable(pattern, zone), after)).toEqual(slots)
  })

  test('whose last time is over has no slot', () => {
    const timetable = cronTimetable('0 0 0 1 1 * 2020', 'UTC')
    expect(timetable.next(Date.UTC(2019, 0, 1))).toBe(Date.UTC(2020, 0, 1))
    expect(timetable.next(Date.UTC(2026, 0, 1))).toBeNull()
  })

  test.each([
    ['every day', undefined, /^schedule: cron "every day" is not valid: \S/],
    ['61 * * * *', undefined, /cron "61 \* \* \* \*" is not valid/],
    ['* * *', 'UTC', /cron "\* \* \*" in time zone "UTC" is not valid/],
    ['0 0 31 2 *', undefined, /cron "0 0 31 2 \*" is not valid: there is no such day/],
    ['0 3 * * *', 'Europe/Atlantis', /in time zone "Europe\/Atlantis" is not valid: .*Europe\/Atlantis/],
  ])('%o in %o is refused', (pattern, zone, message) => {
    const error = thrownBy(() => cronTimetable(pattern, zone))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(message)
    expect(error.cause).toBeInstanceOf(Error)
  })
})

describe('slotsBetween', () => {
  test('are the slots after the first moment, up to and with the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(1000), fc.nat(1000), (every, after, length) => {
        const now = after + length
        const expected = Array.from({ length: now + 1 }, (_, ms) => ms).filter(
          (ms) => ms > after && ms >= every && ms % every === 0,
        )
        expect(slotsBetween(intervalTimetable(every, 0), after, now)).toEqual(expected.slice(-MOST_SLOTS))
      }),
      { ...seeded, numRuns: 300 },
    )
  })

  test('at most a thousand, the latest', () => {
    const slots = slotsBetween(intervalTimetable(1, 0), 0, 5000)
    expect([slots.length, slots[0], slots.at(-1)]).toEqual([1000, 4001, 5000])
  })

  test('none when there is no slot any more', () => {
    expect(slotsBetween({ next: () => null }, 0, 1e12)).toEqual([])
  })
})
