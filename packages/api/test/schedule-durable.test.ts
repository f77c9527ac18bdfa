// Schedules of tasks that outlive the process: slots that pass while no process runs are missed slots like others.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, Schedule, ScheduleOptions } from '@catzilla/api'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WallClock } from './wall-clock.ts'

const HOUR = 3600_000
const MINUTE = 60_000
const start = Date.UTC(2026, 0, 1)

interface Life {
  readonly clock: WallClock
  readonly tasks: BackgroundTasks
  readonly schedule: Schedule
  /** Ends the process in order: what is queued stays for the next one. */
  end(): Promise<void>
}

function lives(): (atHour: number, when: ScheduleOptions) => Life {
  const directory = mkdtempSync(join(tmpdir(), 'catzilla-schedule-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return (atHour, when) => {
    const clock = new WallClock(start + atHour * HOUR)
    const tasks = createTasks({ engine: 'typescript', clock, durable: join(directory, 'data') })
    const tick = tasks.task({ name: 'tick' }, () => {})
    const schedule = tasks.schedule('hourly', when, tick, [])
    const end = async (): Promise<void> => void (await tasks.shutdown())
    onTestFinished(end)
    return { clock, tasks, schedule, end }
  }
}

async function runs(tasks: BackgroundTasks): Promise<number> {
  await tasks.drain()
  return tasks.getStats().completedTasks
}

/** What was due has been submitted: each submission settles when it is on disk. */
async function submitted(schedule: Schedule, count: number): Promise<void> {
  await expect.poll(() => schedule.info.submitted, { timeout: 30_000 }).toBe(count)
}

describe.each([
  { misfire: undefined, ran: 1 },
  { misfire: 'once' as const, ran: 1 },
  { misfire: 'skip' as const, ran: 0 },
  { misfire: 'all' as const, ran: 3 },
])('misfire: $misfire', ({ misfire, ran }) => {
  const when = { everyMs: HOUR, ...(misfire === undefined ? {} : { misfire }) }

  test(`of three slots that passed while nobody ran, ${ran} run, and the rhythm stays`, async () => {
    const live = lives()
    const first = live(0, when)
    await first.end()
    const { clock, tasks, schedule } = live(3.5, when)
    await clock.advance(MINUTE)
    await submitted(schedule, ran)
    expect(await runs(tasks)).toBe(ran)
    expect(schedule.info).toMatchObject({ missed: 3, submitted: ran, nextRunAt: start + 4 * HOUR })
  })
})

describe('a schedule of durable tasks', () => {
  const when = { everyMs: HOUR, misfire: 'all' } as const

  test('makes up for no slot twice, over three lives', async () => {
    const live = lives()
    await live(0, when).end()
    const second = live(2.5, when)
    await second.clock.advance(MINUTE)
    await submitted(second.schedule, 2)
    await second.end()
    const third = live(3.2, when)
    await third.clock.advance(MINUTE)
    await submitted(third.schedule, 1)
    expect(third.schedule.info).toMatchObject({ missed: 1, submitted: 1, nextRunAt: start + 4 * HOUR })
  })

  test('makes up for the slots of a cron pattern', async () => {
    const live = lives()
    const nightly = { cron: '0 3 * * *', timeZone: 'UTC', misfire: 'all' } as const
    await live(0, nightly).end()
    const { clock, schedule } = live(51, nightly)
    await clock.advance(MINUTE)
    await submitted(schedule, 3)
    expect(schedule.info).toMatchObject({ submitted: 3, nextRunAt: start + 75 * HOUR })
  })

  test.each([
    ['is removed', (schedule: Schedule) => schedule.remove(), when],
    ['is paused', (schedule: Schedule) => schedule.pause(), when],
    ['has another timetable', () => {}, { everyMs: HOUR / 2, misfire: 'all' } as const],
  ])('that %s makes up for nothing', async (_, change, then) => {
    const live = lives()
    const first = live(0, when)
    change(first.schedule)
    await first.end()
    const { clock, schedule, tasks } = live(3.5, then)
    await clock.advance(MINUTE)
    expect(await runs(tasks)).toBe(0)
    expect(schedule.info).toMatchObject({ missed: 0, nextRunAt: start + 3.5 * HOUR + then.everyMs })
  })
})
