// Wherever the routes are mounted, and whatever proxies make of their addresses.
import { expect, it } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { rawRequest, statusOf } from './raw-request.ts'
import { everybody, stand } from './stand.ts'

export const mountCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it.each([
    ['/api/v1', '/tasks', '/api/v1/tasks'],
    ['/api', '/background/jobs', '/api/background/jobs'],
    ['', '/jobs/', '/jobs'],
  ])('works mounted at %j with the path %s', async (mount, path, where) => {
    const { origin } = await open({ mount, path })
    const url = `${origin}${where}`
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: '{"task":"add","args":[1,2]}' })
    const location = response.headers.get('location') ?? ''
    expect(location).toMatch(new RegExp(`^${where}/[^/]+$`))
    const end = await fetch(new URL(`${location}/result?waitMs=30000`, origin))
    expect(await end.json()).toMatchObject({ result: 3 })
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { servers: unknown }
    expect(document.servers).toEqual([{ url: where }])
  })

  it('leaves to the app what lies elsewhere', async () => {
    const { origin } = await open({ mount: '/api' })
    for (const path of ['/', '/tasks', '/apix/tasks', '/api/tasksx', '/api/other']) {
      expect(await (await fetch(`${origin}${path}`)).text()).toBe('elsewhere')
    }
  })

  it('gives addresses as clients see them, behind a proxy that adds to the path', async () => {
    const { post, get, url } = await open({ publicPath: '/shop/background/' })
    const { headers } = await post('', { task: 'echo' })
    expect(headers.get('location')).toMatch(/^\/shop\/background\/[^/]+$/)
    expect((await get('/openapi.json')).json.servers).toEqual([{ url: '/shop/background' }])
    expect(url).toMatch(/\/tasks$/)
  })

  it('takes a target that names its host, as proxies send it', async () => {
    const { origin } = await open()
    expect(statusOf(await rawRequest(origin, [`GET ${origin}/tasks/stats HTTP/1.1`]))).toBe(200)
  })

  it('keeps a query with odd characters out of the path', async () => {
    const { get } = await open()
    expect((await get('?name=a/b?c%26d')).json).toEqual({ tasks: [], nextCursor: null })
  })
}
