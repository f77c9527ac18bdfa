// Runs of workflows over HTTP: lists, one run with its steps, as it goes on, and what can be done to it.
import { setImmediate as turn } from 'node:timers/promises'
import { WorkflowRuns, workflow } from '@catzilla/workflow'
import { expect, it, onTestFinished } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { EventReader } from './event-reader.ts'
import { everybody, stand } from './stand.ts'
import type { Stand, StandOptions } from './stand.ts'

export const workflowCases: Cases = (edge, engine) => {
  async function open(options: Partial<StandOptions> = {}) {
    const runs = new WorkflowRuns({ keepRuns: 20 })
    const place = await stand(edge, { engine, ...everybody, workflows: runs, ...options })
    return { ...place, ...defineFlows(place, runs), runs }
  }

  it('lists workflows with their steps, and runs, newest first, by workflow and by state', async () => {
    const { get, shaky, held, gate } = await open()
    const failed = shaky.execute({ n: 1 })
    await failed.wait().catch(() => undefined)
    const running = held.execute()
    const { json } = await get('/workflows')
    expect(json.workflows.map(({ name }: { name: string }) => name)).toEqual(['held', 'shaky'])
    expect(json.workflows[0].steps[1]).toMatchObject({ id: 'last', needs: ['first'] })
    const found = async (query: string): Promise<string[]> => {
      const page = (await get(`/workflows/runs?${query}`)).json
      return page.runs.map(({ runId }: { runId: string }) => runId)
    }
    expect(await found('')).toEqual([running.runId, failed.runId])
    expect(await found('status=failed,cancelled')).toEqual([failed.runId])
    expect(await found('workflow=held')).toEqual([running.runId])
    const first = (await get('/workflows/runs?limit=1')).json
    expect(await found(`limit=1&cursor=${first.nextCursor}`)).toEqual([failed.runId])
    expect((await get('/workflows/runs?status=odd')).status).toBe(400)
    gate.open()
    await running.wait()
  })

  it('shows a run with the states and times of its steps, its critical path, and its drawing', async () => {
    const { get, shaky } = await open()
    const run = shaky.execute({ n: 20 })
    await run.wait().catch(() => undefined)
    const { json } = await get(`/workflows/runs/${run.runId}`)
    expect(json).toMatchObject({ runId: run.runId, workflow: 'shaky', status: 'failed', progress: { ratio: 1 } })
    expect(json.error).toContain("step 'second' failed")
    expect(json.steps.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
      ['first', 'completed'],
      ['second', 'failed'],
      ['third', 'cancelled'],
    ])
    expect(json.criticalPath.steps.map(({ id }: { id: string }) => id)).toEqual(['first', 'second'])
    const drawing = await get(`/workflows/runs/${run.runId}/mermaid`)
    expect(drawing.text).toBe(run.toMermaid())
    expect(drawing.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect((await get('/workflows/runs/none')).status).toBe(404)
  })

  it('shows errors of runs and of steps as they may be shown', async () => {
    const { get, shaky } = await open({
      redact: (value, { kind }) => (kind === 'error' ? { message: 'hidden' } : value),
    })
    const run = shaky.execute({ n: 1 })
    await run.wait().catch(() => undefined)
    const { json, text } = await get(`/workflows/runs/${run.runId}`)
    expect([json.error, json.steps[1].error]).toEqual(['hidden', 'hidden'])
    expect(text).not.toContain('not yet')
    expect((await get('/workflows/runs')).json.runs[0].error).toBe('hidden')
  })

  it('pauses, resumes and cancels a run; what is over cannot be changed', async () => {
    const { post, send, held, gate, runs } = await open()
    const other = held.execute()
    const cancelled = await send('DELETE', `/workflows/runs/${other.runId}?reason=enough`)
    expect(cancelled.json.status).toBe('cancelled')
    await expect(other.wait()).rejects.toThrow('was cancelled: enough')
    const run = held.execute()
    const path = `/workflows/runs/${run.runId}`
    expect((await post(`${path}/pause`, {})).json).toEqual({ runId: run.runId, workflow: 'held', status: 'paused' })
    expect((await post(`${path}/pause`, {})).status).toBe(200)
    gate.open()
    await until(() => runs.inspect(run.runId).steps[0]?.status === 'completed')
    expect(runs.inspect(run.runId).steps[1]?.status).toBe('ready')
    expect((await post(`${path}/resume`, {})).json.status).not.toBe('paused')
    expect(await run.wait()).toBe('let through, and on')
    expect((await post(`${path}/pause`, {})).status).toBe(409)
    const over = await send('DELETE', path)
    expect([over.status, over.json.detail]).toEqual([409, `run ${run.runId} cannot be cancelled: it is completed`])
  })

  it('retries a run from its failed step, as a new run', async () => {
    const { post, shaky, repaired, runs } = await open()
    const run = shaky.execute({ n: 3 })
    await run.wait().catch(() => undefined)
    repaired()
    const { status, json, headers } = await post(`/workflows/runs/${run.runId}/retry`, {})
    expect([status, json.retryOf]).toEqual([202, run.runId])
    expect(headers.get('location')).toBe(`/tasks/workflows/runs/${json.runId}`)
    expect(await runs.get(json.runId)?.wait()).toBe(32)
    expect((await post(`/workflows/runs/${json.runId}/retry`, {})).status).toBe(409)
  })

  it('asks who may do what to which run, and enters changes in the audit log', async () => {
    const asked: unknown[] = []
    const { post, get, send, held, gate } = await open({
      authorize: (_, action, target) => {
        asked.push([action, target])
        return action !== 'cancel'
      },
    })
    const run = held.execute()
    const target = { runId: run.runId, workflow: 'held' }
    await post(`/workflows/runs/${run.runId}/pause`, {})
    expect((await send('DELETE', `/workflows/runs/${run.runId}`)).status).toBe(403)
    expect((await send('DELETE', '/workflows/runs/none')).status).toBe(403)
    expect(asked).toEqual([
      ['pause', target],
      ['cancel', target],
      ['cancel', { runId: 'none' }],
    ])
    await post(`/workflows/runs/${run.runId}/resume`, {})
    const { json } = await get('/audit')
    expect(json.entries).toMatchObject([
      { operation: 'resumeRun', ...target, outcome: 'done' },
      { operation: 'pauseRun', ...target, outcome: 'done', taskId: null },
    ])
    gate.open()
    await run.wait()
  })

  it('tells how a run goes on: the whole, then what changes, until it is over', async () => {
    const { url, held, gate, runs } = await open()
    const run = held.execute()
    await until(() => runs.inspect(run.runId).steps[0]?.status === 'running')
    const events = await listenTo(`${url}/workflows/runs/${run.runId}/events`)
    const whole = await events.next()
    expect([whole?.event, whole?.data.steps.length]).toEqual(['run', 2])
    expect(whole?.data.steps[0]).toMatchObject({ id: 'first', status: 'running' })
    gate.open()
    const steps = new Map<string, string>()
    let last = await events.next()
    for (; last?.event === 'change'; last = await events.next()) {
      for (const { id, status } of last.data.steps) steps.set(id, status)
    }
    expect(last).toMatchObject({ event: 'over', data: { status: 'completed' } })
    expect(Object.fromEntries(steps)).toEqual({ first: 'completed', last: 'completed' })
    expect(await events.next()).toBeUndefined()
    const late = await listenTo(`${url}/workflows/runs/${run.runId}/events`)
    expect((await late.next())?.data.criticalPath.steps).toHaveLength(2)
    expect((await late.next())?.event).toBe('over')
  })

  it('bounds the streams of runs, and ends them with the routes', async () => {
    const { url, held, gate, get, tasks } = await open({ maxStreams: 1 })
    const run = held.execute()
    const events = await listenTo(`${url}/workflows/runs/${run.runId}/events`)
    expect((await events.next())?.event).toBe('run')
    const second = await get(`/workflows/runs/${run.runId}/events`)
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1'])
    await events.leave()
    gate.open()
    await run.wait()
    // the place is free when the server has seen that the client left
    let third = await get(`/workflows/runs/${run.runId}/events`)
    while (third.status === 429) third = await get(`/workflows/runs/${run.runId}/events`)
    expect(third.text).toContain('event: over')
    expect(tasks.getStats().completedTasks).toBe(2)
  })

  it('says what to give where there are no workflows', async () => {
    const { get, post } = await stand(edge, { engine, ...everybody })
    for (const answer of [
      await get('/workflows'),
      await get('/workflows/runs'),
      await post('/workflows/runs/1/pause', {}),
    ]) {
      expect([answer.status, answer.json.type]).toEqual([501, 'urn:catzilla:problem:not-given'])
      expect(answer.json.detail).toContain('`workflows`')
    }
    expect((await get('/rights')).json.workflows).toBe(false)
  })
}

function defineFlows({ tasks, gate }: Pick<Stand, 'tasks' | 'gate'>, runs: WorkflowRuns) {
  let broken = true
  const hold = tasks.task({ name: 'flow.hold' }, async () => {
    await gate.opened
    return 'let through'
  })
  const on = tasks.task({ name: 'flow.on' }, (text: string) => `${text}, and on`)
  const add = tasks.task({ name: 'flow.add' }, (a: number, b: number) => a + b)
  const shake = tasks.task({ name: 'flow.shake' }, (n: number) => {
    if (broken) throw new Error('not yet')
    return n + 14
  })
  return {
    /** Two steps, the first of which waits for the gate. */
    held: workflow('held', (w) => w.step(on, [w.step(hold, [], { id: 'first' })], { id: 'last' }), { runs }),
    /** Its second step fails until it is repaired. */
    shaky: workflow(
      'shaky',
      (w, input: { readonly n: number }) => {
        const first = w.step(add, [input.n, 1], { id: 'first' })
        const second = w.step(shake, [first], { id: 'second' })
        return w.step(add, [second, 14], { id: 'third' })
      },
      { runs },
    ),
    repaired: () => void (broken = false),
  }
}

async function listenTo(url: string): Promise<EventReader> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const reader = new EventReader(response)
  onTestFinished(() => reader.leave())
  expect((await reader.next())?.text).toContain(': connected')
  return reader
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn()
}
