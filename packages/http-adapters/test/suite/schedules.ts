// Schedules over HTTP: seen, held, and run besides their slots.
import { expect, it } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { everybody, stand } from './stand.ts'

export const scheduleCases: Cases = (edge, engine) => {
  const open = async (options = {}) => {
    const place = await stand(edge, { engine, ...everybody, ...options })
    const schedule = place.tasks.schedule(
      'a/b often',
      { everyMs: 3_600_000 },
      place.tasks.taskNamed('echo'),
      [] as never,
    )
    const tell = (what: string, id = 'a/b often') => place.post(`/schedules/${what}`, { id })
    return { ...place, schedule, tell }
  }

  it('lists schedules', async () => {
    const { get } = await open()
    const { json } = await get('/schedules')
    expect(json.schedules).toMatchObject([{ id: 'a/b often', taskName: 'echo', paused: false, lastError: null }])
  })

  it('pauses and resumes a schedule', async () => {
    const { tell, schedule } = await open()
    expect((await tell('pause')).json).toMatchObject({ id: 'a/b often', paused: true, nextRunAt: null })
    expect(schedule.info.paused).toBe(true)
    expect((await tell('resume')).json).toMatchObject({ paused: false, nextRunAt: expect.any(Number) })
    expect(schedule.info.paused).toBe(false)
  })

  it('runs the task of a schedule now, besides its slots', async () => {
    const { tell, tasks } = await open()
    expect((await tell('run')).json).toMatchObject({ submitted: 1, lastSlotAt: null })
    await tasks.drain()
    expect(tasks.getStats().completedTasks).toBe(1)
  })

  it('asks who may do it, and enters it in the audit log', async () => {
    const asked: unknown[] = []
    const { tell, get, post } = await open({
      authorize: (_: unknown, action: string, target: object) => {
        asked.push([action, target])
        return action !== 'retry'
      },
    })
    expect((await tell('run')).status).toBe(403)
    await tell('pause')
    expect((await tell('pause', 'none')).status).toBe(404)
    expect((await post('/schedules/run', {})).status).toBe(422)
    const target = { scheduleId: 'a/b often', taskName: 'echo' }
    expect(asked).toEqual([
      ['retry', target],
      ['pause', target],
      ['pause', { scheduleId: 'none' }],
    ])
    expect((await get('/audit')).json.entries).toMatchObject([
      { operation: 'pauseSchedule', scheduleId: 'none', outcome: 'refused' },
      { operation: 'pauseSchedule', ...target, outcome: 'done' },
    ])
  })
}
