// Tasks on an Express application: a route that hands work over and answers at once, and routes to watch it by.
import { enableBackgroundTasks, gracefulShutdown } from '@catzilla/http-adapters/express'
import express from 'express'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

const app = enableBackgroundTasks(express(), { http: { authorize: (_request, action) => action === 'read' } })
const welcome = app.tasks.task({ name: 'mail.welcome' }, async (to: string) => `sent to ${to}`)

app.post('/users', (_request, response) => {
  const { taskId } = welcome.delay('ada@example.org')
  response.status(202).json({ taskId })
})

const server = app.listen(0, '127.0.0.1')
const ending = gracefulShutdown(server, app.tasks)
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const url = `http://127.0.0.1:${port}`

const created = await fetch(`${url}/users`, { method: 'POST' })
const { taskId } = (await created.json()) as { taskId: string }
console.log(created.status)

// any client may look, and wait for the end
const result = await fetch(`${url}/tasks/${taskId}/result?waitMs=10000`)
const { status, result: value } = (await result.json()) as { status: string; result: string }
console.log(result.status, status, value)

// and nobody may stop anything
const refused = await fetch(`${url}/tasks/${taskId}`, { method: 'DELETE' })
console.log(refused.status, ((await refused.json()) as { title: string }).title)

await ending.shutdown()

// It prints:
// 202
// 200 completed sent to ada@example.org
// 403 Not allowed
