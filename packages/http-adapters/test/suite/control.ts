// Pausing and scaling.
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

  it('changes the number of slots', async () => {
    const { post, tasks } = await open()
    const { status, json } = await post('/scale', { inlineConcurrency: 3 })
    expect([status, json]).toEqual([200, { inlineConcurrency: 3 }])
    expect(tasks.getStats().lanes.inline?.slots).toBe(3)
    expect((await post('/scale', { workers: 0 })).status).toBe(422)
  })
}
