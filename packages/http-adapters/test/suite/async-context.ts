// What an application keeps in `AsyncLocalStorage` for a request is there wherever the routes call it back.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestListener } from 'node:http'
import { createTasks } from '@catzilla/api'
import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../edges/edge.ts'
import type { Cases } from './describe-adapter.ts'

export const contextCases: Cases = (edge, engine) => {
  it('asks authorize in the context of the request, also once its body is read', async () => {
    const storage = new AsyncLocalStorage<string>()
    const tasks = createTasks({ engine, compile: false })
    onTestFinished(async () => void (await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })))
    tasks.task({ name: 'noop' }, () => {})
    const seen: unknown[] = []
    const authorize = (): true => {
      seen.push(storage.getStore())
      return true
    }
    const server = edge.serve(tasks, { expose: ['noop'], authorize }, '')
    const inner = server.listeners('request') as RequestListener[]
    server.removeAllListeners('request').on('request', (req, res) => {
      storage.run(String(req.headers['x-user']), () => inner.forEach((listener) => listener(req, res)))
    })
    const origin = await listen(server)
    const ask = async (user: string, init: RequestInit): Promise<number> => {
      const headers = { 'content-type': 'application/json', 'x-user': user }
      return (await fetch(`${origin}/tasks`, { ...init, headers })).status
    }
    expect(await ask('tom', { method: 'POST', body: '{"task":"noop"}' })).toBe(202)
    expect(await ask('jerry', { method: 'GET' })).toBe(200)
    expect(seen).toEqual(['tom', 'jerry'])
  })
}
