// Tasks on a Hono application: clients submit tasks by name, those that are exposed and no others.
import { enableBackgroundTasks, gracefulShutdown, type TasksEnv } from '@catzilla/http-adapters/hono'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const app = enableBackgroundTasks(new Hono<TasksEnv>(), {
  http: { expose: ['image.resize'], authorize: (c) => c.req.header('x-token') === 'secret' },
})
app.tasks.task({ name: 'image.resize' }, (width: number, height: number) => `${width / 2} x ${height / 2}`)
app.tasks.task({ name: 'account.remove' }, () => {})

const server = createAdaptorServer(app) as Server
server.listen(0, '127.0.0.1')
const ending = gracefulShutdown(server, app.tasks)
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const headers = { 'content-type': 'application/json', 'x-token': 'secret' }
const submit = (body: unknown) => fetch(`${url}/tasks`, { method: 'POST', headers, body: JSON.stringify(body) })

const accepted = await submit({ task: 'image.resize', args: [640, 480] })
console.log(accepted.status)
const result = await fetch(`${url}${accepted.headers.get('location')}/result?waitMs=10000`, { headers })
console.log(((await result.json()) as { result: string }).result)

console.log((await submit({ task: 'account.remove', args: [] })).status)
console.log((await fetch(`${url}/tasks/stats`)).status)

await ending.shutdown()

// It prints:
// 202
// 320 x 240
// 404
// 403
