// Pausing, draining and scaling.
import { expect, it } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { everybody, stand } from './stand.ts'

export const controlCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it('pauses all tasks, and resumes them', async () => {
    const { post, submit, get, end } = await open()
    expect((await post('/pause', {})).json).toEqual({ paused: true, name: null })
    const taskId = await submit('echo', [1])
    expect((await get(`/${taskId}/result?waitMs=20`)).json.status).toBe('pending')
    expect((await post('/resume', {})).json).toEqual({ paused: false, name: null })
    expect((await end(taskId)).json.result).toEqual([1])
  })

  it('pauses tasks of one name, and knows the names', async () => {
    const { post, submit, end, get } = await open()
    expect((await post('/pause', { name: 'echo' })).status).toBe(200)
    const paused = await submit('echo')
    expect((await end(await submit('add', [1, 2]))).json.result).toBe(3)
    expect((await get(`/${paused}`)).json.status).toBe('pending')
    expect((await post('/pause', { name: 'no such' })).status).toBe(404)
    expect((await post('/pause', { names: [] })).status).toBe(422)
  })

  it('takes nothing new while it is drained, ends what it took, and says so to balancers', async () => {
    const { post, submit, get, end } = await open()
    await post('/pause', {})
    const taskId = await submit('echo', [1])
    expect((await post('/drain', {})).json).toEqual({ draining: true, queued: 1, scheduled: 0, running: 0 })
    for (const [path, body] of [
      ['', { task: 'echo', args: [] }],
      ['/batch', { task: 'echo', argsList: [[]] }],
      [`/${taskId}/run`, { args: [] }],
      [`/${taskId}/retry`, {}],
    ] as const) {
      const { status, headers, json } = await post(path, body)
      expect([path, status, headers.get('retry-after')]).toEqual([path, 503, '1'])
      expect(json.detail).toContain('/undrain')
    }
    const health = await get('/health')
    expect([health.status, health.json.live, health.json.ready]).toEqual([503, true, false])
    expect(health.json.reasons).toContain('it is drained: nothing new is taken')
    expect((await get('/live')).json).toMatchObject({ draining: true, health: { ready: false } })
    await post('/resume', {})
    expect((await end(taskId)).json.result).toEqual([1])
    expect((await post('/undrain', {})).json).toEqual({ draining: false, queued: 0, scheduled: 0, running: 0 })
    expect((await end(await submit('echo', [2]))).json.result).toEqual([2])
    expect((await get('/health')).status).toBe(200)
  })

  it('changes the number of slots', async () => {
    const { post, tasks } = await open()
    const { status, json } = await post('/scale', { inlineConcurrency: 3 })
    expect([status, json]).toEqual([200, { inlineConcurrency: 3 }])
    expect(tasks.getStats().lanes.inline?.slots).toBe(3)
    expect((await post('/scale', { workers: 0 })).status).toBe(422)
  })
}
