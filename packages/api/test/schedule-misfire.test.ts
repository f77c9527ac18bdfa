// What becomes of the slots of a schedule that passed while the machine slept.
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, MisfirePolicy, Schedule } from '@catzilla/api'
import { describe, expect, test } from 'vitest'
import { WallClock } from './wall-clock.ts'

const HOUR = 3600_000
const MINUTE = 60_000
const start = Date.UTC(2026, 0, 1)

interface Asleep {
  readonly clock: WallClock
  readonly tasks: BackgroundTasks
  readonly schedule: Schedule
  /** Hours at which each run was due, as its key tells. */
  readonly slots: number[]
}

function hourly(misfire?: MisfirePolicy, everyMs = HOUR): Asleep {
  const clock = new WallClock(start)
  const tasks = createTasks({ engine: 'typescript', clock })
  const slots: number[] = []
  const tick = tasks.task({ name: 'tick' }, () => {})
  const schedule = tasks.schedule('hourly', misfire === undefined ? { everyMs } : { everyMs, misfire }, tick, [])
  tasks.on('queued', () => slots.push(((schedule.info.lastSlotAt ?? 0) - start) / HOUR))
  return { clock, tasks, schedule, slots }
}

async function runs(tasks: BackgroundTasks): Promise<number> {
  await tasks.drain()
  return tasks.getStats().completedTasks
}

describe.each([
  { misfire: undefined, ran: 1, last: 3 },
  { misfire: 'once' as const, ran: 1, last: 3 },
  { misfire: 'skip' as const, ran: 0, last: null },
  { misfire: 'all' as const, ran: 3, last: 3 },
])('misfire: $misfire', ({ misfire, ran, last }) => {
  test(`of three slots that were slept over, ${ran} run`, async () => {
    const { clock, tasks, schedule } = hourly(misfire)
    clock.set(3.5 * HOUR)
    await clock.advance(MINUTE)
    expect(await runs(tasks)).toBe(ran)
    expect(schedule.info).toMatchObject({
      missed: 3,
      submitted: ran,
      lastSlotAt: last === null ? null : start + last * HOUR,
      nextRunAt: start + 4 * HOUR,
    })
    await clock.advance(0.5 * HOUR)
    expect(await runs(tasks)).toBe(ran + 1)
    expect(schedule.info).toMatchObject({ missed: 3, lastSlotAt: start + 4 * HOUR })
  })

  test('a slot that is less than a second late is not missed', async () => {
    const { clock, tasks, schedule } = hourly(misfire)
    await clock.advance(HOUR - 10)
    clock.set(1000)
    await clock.advance(10)
    expect(await runs(tasks)).toBe(1)
    expect(schedule.info).toMatchObject({ missed: 0, submitted: 1, lastSlotAt: start + HOUR })
  })

  test('a slot that is on time runs, whatever was missed before it', async () => {
    const { clock, tasks, schedule } = hourly(misfire)
    clock.set(3 * HOUR - MINUTE)
    await clock.advance(MINUTE)
    expect(schedule.info).toMatchObject({ missed: 2, lastSlotAt: start + 3 * HOUR })
    expect(await runs(tasks)).toBe(misfire === 'all' ? 3 : 1)
  })
})

test('the wall clock is looked at each minute, since timers stand still while the machine sleeps', async () => {
  const { clock, tasks } = hourly()
  clock.set(HOUR)
  await clock.advance(MINUTE - 1)
  expect(await runs(tasks)).toBe(0)
  await clock.advance(1)
  expect(await runs(tasks)).toBe(1)
})

test('all makes up for a thousand slots, the latest', async () => {
  const { clock, tasks, schedule } = hourly('all', MINUTE)
  clock.set(2000 * MINUTE)
  await clock.advance(MINUTE)
  expect(await runs(tasks)).toBe(1000)
  expect(schedule.info).toMatchObject({ submitted: 1000, lastSlotAt: start + 2001 * MINUTE })
})

test('a clock that is set back waits for the slot to come again, and runs none twice', async () => {
  const { clock, tasks, schedule } = hourly('all')
  await clock.advance(1.5 * HOUR)
  expect(await runs(tasks)).toBe(1)
  clock.set(-HOUR)
  await clock.advance(HOUR)
  expect(await runs(tasks)).toBe(1)
  await clock.advance(0.5 * HOUR)
  expect(await runs(tasks)).toBe(2)
  expect(schedule.info).toMatchObject({ missed: 0, lastSlotAt: start + 2 * HOUR })
})
