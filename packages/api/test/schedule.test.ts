// Tasks that come again, on a clock that stands still until it is told.
import { ConfigurationError, EngineClosedError, TaskDefinitionError } from '@catzilla/api'
import type { ScheduleOptions, Task } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import type { TestTasks } from '@catzilla/api/testing'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { nextWarning } from './process-events.ts'

const HOUR = 3600_000

/** Tasks whose only one, `tick`, writes down when it ran. */
function ticking(startsAt = '2026-01-01T00:00Z'): {
  tasks: TestTasks
  ran: string[]
  tick: Task<[what: string], void>
} {
  const tasks = createTestTasks({ startsAt: Date.parse(startsAt) })
  const ran: string[] = []
  const tick = tasks.task({ name: 'tick' }, (what: string) => {
    ran.push(`${what} ${new Date(tasks.clock.epochMs()).toISOString().replace(':00.000Z', 'Z')}`)
  })
  return { tasks, ran, tick }
}

describe('everyMs', () => {
  test('runs the task with its arguments at each slot, the first one interval from now', async () => {
    const { tasks, ran, tick } = ticking()
    const schedule = tasks.schedule('hourly', { everyMs: HOUR }, tick, ['x'])
    await tasks.advance(HOUR - 1)
    expect(ran).toEqual([])
    await tasks.advance(1)
    expect(ran).toEqual(['x 2026-01-01T01:00Z'])
    await tasks.advance(2 * HOUR)
    expect(ran).toEqual(['x 2026-01-01T01:00Z', 'x 2026-01-01T02:00Z', 'x 2026-01-01T03:00Z'])
    expect(schedule.info).toEqual({
      id: 'hourly',
      taskName: 'tick',
      nextRunAt: Date.UTC(2026, 0, 1, 4),
      lastSlotAt: Date.UTC(2026, 0, 1, 3),
      submitted: 3,
      missed: 0,
      paused: false,
      lastError: null,
    })
    expect(tasks.schedules).toEqual([schedule.info])
    expect(tasks.getSchedule('hourly')).toBe(schedule)
    tasks.unschedule('hourly')
    expect(tasks.getSchedule('hourly')).toBeUndefined()
  })

  test('submits the task with its own options, and with its schema', async () => {
    const tasks = createTestTasks()
    const seen: number[] = []
    const body = tasks.task(
      { name: 'body', input: z.coerce.number(), priority: 'low', tags: ['night'] },
      (n) => void seen.push(n),
    )
    tasks.schedule('body', { everyMs: 1000 }, body, ['5'])
    await tasks.advance(1000)
    expect(seen).toEqual([5])
    const { tasks: list } = await tasks.listTasks({ name: 'body' })
    expect(list).toMatchObject([{ priority: 3, tags: ['night'], args: [5] }])
  })

  test('runs a call of a task too', async () => {
    const { tasks, ran, tick } = ticking()
    tasks.schedule('late', { everyMs: HOUR }, tick.with({ delayMs: 60_000 }), ['x'])
    await tasks.advance(HOUR + 60_000)
    expect(ran).toEqual(['x 2026-01-01T01:01Z'])
  })
})

describe('cron', () => {
  test.each<[string, string, ScheduleOptions, string[]]>([
    [
      'spring in Stockholm: noon stays noon',
      '2026-03-28T00:00Z',
      { cron: '0 12 * * *', timeZone: 'Europe/Stockholm' },
      ['2026-03-28T11:00Z', '2026-03-29T10:00Z', '2026-03-30T10:00Z'],
    ],
    [
      'spring in Stockholm: the skipped slot runs right after the gap, once',
      '2026-03-28T12:00Z',
      { cron: '30 2 * * *', timeZone: 'Europe/Stockholm' },
      ['2026-03-29T01:00Z', '2026-03-30T00:30Z', '2026-03-31T00:30Z'],
    ],
    [
      'autumn in Stockholm: the slot that comes twice runs once',
      '2026-10-24T12:00Z',
      { cron: '30 2 * * *', timeZone: 'Europe/Stockholm' },
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z'],
    ],
    [
      'spring in New York',
      '2026-03-07T12:00Z',
      { cron: '30 2 * * *', timeZone: 'America/New_York' },
      ['2026-03-08T07:00Z', '2026-03-09T06:30Z', '2026-03-10T06:30Z'],
    ],
    [
      'autumn in New York',
      '2026-10-31T12:00Z',
      { cron: '30 1 * * *', timeZone: 'America/New_York' },
      ['2026-11-01T05:30Z', '2026-11-02T06:30Z', '2026-11-03T06:30Z'],
    ],
  ])('%s', async (_, startsAt, when, slots) => {
    const { tasks, ran, tick } = ticking(startsAt)
    tasks.schedule('daily', when, tick, ['x'])
    await tasks.advance(72 * HOUR)
    expect(ran).toEqual(slots.map((slot) => `x ${slot}`))
    expect(tasks.schedules).toMatchObject([{ submitted: 3, missed: 0 }])
  })

  test('with seconds', async () => {
    const { tasks, ran, tick } = ticking()
    tasks.schedule('often', { cron: '*/20 * * * * *', timeZone: 'UTC' }, tick, ['x'])
    await tasks.advance(60_000)
    expect(ran).toHaveLength(3)
  })

  test('whose last time is over waits for nothing', () => {
    const { tasks, tick } = ticking()
    const alarms = tasks.clock.pendingAlarms
    tasks.schedule('over', { cron: '0 0 0 1 1 * 2020', timeZone: 'UTC' }, tick, ['x'])
    expect(tasks.schedules).toMatchObject([{ nextRunAt: null }])
    expect(tasks.clock.pendingAlarms).toBe(alarms)
  })
})

describe('a schedule', () => {
  test('takes the place of the one with the same id', async () => {
    const { tasks, ran, tick } = ticking()
    const old = tasks.schedule('same', { everyMs: HOUR }, tick, ['old'])
    tasks.schedule('other', { everyMs: HOUR }, tick, ['other'])
    const young = tasks.schedule('same', { everyMs: 2 * HOUR }, tick, ['young'])
    await tasks.advance(2 * HOUR)
    expect(ran).toEqual(['other 2026-01-01T01:00Z', 'other 2026-01-01T02:00Z', 'young 2026-01-01T02:00Z'])
    expect(tasks.schedules.map(({ id }) => id).toSorted()).toEqual(['other', 'same'])
    // what is done to the old one does not reach the young one
    old.remove()
    expect(young.info.nextRunAt).not.toBeNull()
    expect(tasks.schedules).toHaveLength(2)
  })

  test('a wrong one leaves the one with the same id in place', () => {
    const { tasks, tick } = ticking()
    tasks.schedule('same', { everyMs: HOUR }, tick, ['x'])
    expect(() => tasks.schedule('same', { cron: 'no' }, tick, ['x'])).toThrow(ConfigurationError)
    expect(tasks.schedules).toMatchObject([{ id: 'same', nextRunAt: Date.UTC(2026, 0, 1, 1) }])
  })

  test('pauses and goes on with the first slot from then', async () => {
    const { tasks, ran, tick } = ticking()
    const schedule = tasks.schedule('hourly', { everyMs: HOUR, misfire: 'all' }, tick, ['x'])
    await tasks.advance(HOUR)
    schedule.pause()
    expect(schedule.info).toMatchObject({ paused: true, nextRunAt: null })
    await tasks.advance(2.5 * HOUR)
    schedule.resume()
    schedule.resume()
    expect(schedule.info).toMatchObject({ paused: false, nextRunAt: Date.UTC(2026, 0, 1, 4), missed: 0 })
    await tasks.advance(0.5 * HOUR)
    expect(ran).toEqual(['x 2026-01-01T01:00Z', 'x 2026-01-01T04:00Z'])
  })

  test('runs now, besides its slots, each time it is told', async () => {
    const { tasks, ran, tick } = ticking()
    const schedule = tasks.schedule('hourly', { everyMs: HOUR }, tick, ['x'])
    await tasks.advance(0.5 * HOUR)
    await schedule.runNow()
    await schedule.runNow()
    await tasks.advance(0)
    expect(ran).toEqual(['x 2026-01-01T00:30Z', 'x 2026-01-01T00:30Z'])
    expect(schedule.info).toMatchObject({ submitted: 2, lastSlotAt: null })
    await tasks.advance(0.5 * HOUR)
    expect(ran).toHaveLength(3)
  })

  test('ends with remove or unschedule, for good; its tasks go on', async () => {
    const { tasks, ran, tick } = ticking()
    const alarms = tasks.clock.pendingAlarms
    const removed = tasks.schedule('removed', { everyMs: HOUR }, tick.with({ delayMs: 1000 }), ['removed'])
    tasks.schedule('unscheduled', { everyMs: HOUR }, tick, ['unscheduled'])
    await tasks.advance(HOUR)
    removed.remove()
    expect(tasks.schedules.map(({ id }) => id)).toEqual(['unscheduled'])
    expect(tasks.unschedule('unscheduled')).toBe(true)
    expect(tasks.unschedule('unscheduled')).toBe(false)
    expect(tasks.schedules).toEqual([])
    removed.resume()
    removed.pause()
    removed.resume()
    expect(removed.info.nextRunAt).toBeNull()
    await tasks.advance(5 * HOUR)
    expect(ran).toEqual(['unscheduled 2026-01-01T01:00Z', `removed 2026-01-01T01:00:01.000Z`])
    expect(tasks.clock.pendingAlarms).toBe(alarms)
  })

  test('ends at shutdown, and none can be made after', async () => {
    const { tasks, ran, tick } = ticking()
    const schedule = tasks.schedule('hourly', { everyMs: HOUR }, tick, ['x'])
    await tasks.shutdown()
    await tasks.advance(5 * HOUR)
    expect(ran).toEqual([])
    expect(schedule.info.nextRunAt).toBeNull()
    expect(tasks.schedules).toEqual([])
    expect(() => tasks.schedule('late', { everyMs: HOUR }, tick, ['x'])).toThrow(EngineClosedError)
    expect(await rejectionOf(schedule.runNow())).toBeInstanceOf(EngineClosedError)
  })

  test('runs each slot once, also while its task still waits', async () => {
    const { tasks, ran, tick } = ticking()
    await tasks.pause()
    tasks.schedule('hourly', { everyMs: HOUR }, tick, ['a'])
    await tasks.advance(HOUR)
    // another process of the same application would submit the same slot
    tasks.schedule('hourly', { everyMs: HOUR }, tick, ['b'])
    tick.with({ uniqueKey: `schedule:hourly:${Date.UTC(2026, 0, 1, 1)}` }).delay('twice')
    await tasks.resume()
    await tasks.advance(0)
    expect(ran).toEqual(['a 2026-01-01T01:00Z'])
  })

  test('whose task cannot be submitted says so, and goes on', async () => {
    const tasks = createTestTasks()
    const body = tasks.task({ name: 'body', input: z.number().max(10) }, (n) => n)
    const schedule = tasks.schedule('wrong', { everyMs: 1000 }, body, [11])
    const warning = nextWarning()
    await tasks.advance(1000)
    expect((await warning).message).toMatch(/^schedule 'wrong' could not submit its task: task 'body': args\[0\]/)
    expect(schedule.info).toMatchObject({
      submitted: 0,
      lastError: expect.any(Error),
      lastSlotAt: tasks.clock.epochMs(),
    })
    expect(schedule.info.nextRunAt).toBe(tasks.clock.epochMs() + 1000)
  })
})

describe('what is no schedule', () => {
  test.each<[object, RegExp]>([
    [{}, /schedule 'x': give either cron or everyMs/],
    [{ cron: '* * * * *', everyMs: 1000 }, /schedule 'x': give either cron or everyMs/],
    [{ cron: 'every day' }, /cron "every day" is not valid/],
    [{ cron: '' }, /schedule 'x': cron accepts a cron pattern, got ""/],
    [{ cron: '* * * * *', timeZone: 'Europe/Atlantis' }, /in time zone "Europe\/Atlantis" is not valid/],
    [{ everyMs: 0 }, /schedule 'x': everyMs accepts a number of milliseconds ≥ 1, got 0/],
    [{ everyMs: Number.NaN }, /everyMs accepts .*got NaN/],
    [{ everyMs: Infinity }, /everyMs accepts .*got Infinity/],
    [{ everyMs: 1000, timeZone: 'UTC' }, /timeZone goes with cron; an interval has no time zone/],
    [{ everyMs: 1000, misfire: 'never' }, /misfire accepts 'skip', 'once' or 'all', got "never"/],
    [{ every: 1000 }, /schedule 'x': there is no option "every"/],
  ])('%o', (when, message) => {
    const { tasks, tick } = ticking()
    const alarms = tasks.clock.pendingAlarms
    const error = thrownBy(() => tasks.schedule('x', when, tick, ['x']))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(message)
    expect(tasks.schedules).toEqual([])
    expect(tasks.clock.pendingAlarms).toBe(alarms)
  })

  test.each([[''], [5], [undefined]])('an id that is %o', (id) => {
    const { tasks, tick } = ticking()
    expect(() => tasks.schedule(id as string, { everyMs: 1000 }, tick, ['x'])).toThrow(
      /needs an id of 1 or more characters/,
    )
  })

  test.each([[null], [5], ['0 3 * * *']])('a time that is %o', (when) => {
    const { tasks, tick } = ticking()
    const error = thrownBy(() => tasks.schedule('x', when as never, tick, ['x']))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/^schedule 'x': give \{ cron \} or \{ everyMs \}, got /)
  })

  test.each([[undefined], [5], ['x']])('arguments that are %o', (args) => {
    const { tasks, tick } = ticking()
    const error = thrownBy(() => tasks.schedule('x', { everyMs: 1000 }, tick, args as never))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/^schedule 'x': the arguments must be an array, got /)
    expect(tasks.schedules).toEqual([])
  })

  test('a plain function', () => {
    const error = thrownBy(() => ticking().tasks.schedule('x', { everyMs: 1000 }, (() => 1) as never, [] as never))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/schedule 'x' takes a task made by task\(\), got/)
  })
})
