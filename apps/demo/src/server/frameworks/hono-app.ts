// The demo's routes on Hono.
import { createServer } from 'node:http'
import { enableBackgroundTasks } from '@catzilla/http-adapters/hono'
import type { TasksEnv } from '@catzilla/http-adapters/hono'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { MakeApp } from './make-app.ts'

export const makeHonoApp: MakeApp = (tasks, routes, http) => {
  const bare = new Hono<TasksEnv>()
  for (const route of routes) {
    bare.on(route.method, route.path, async (c) => {
      const body = route.method === 'POST' ? await c.req.text() : ''
      const given = {
        params: c.req.param(),
        query: c.req.query(),
        body: body === '' ? undefined : (JSON.parse(body) as unknown),
      }
      const answer = route.answer(given)
      return c.json(answer.body as object, answer.status as 200)
    })
  }
  // the documents' own figures go before the routes of the package
  const listener = getRequestListener(enableBackgroundTasks(bare, { tasks, http }).fetch)
  return createServer((req, res) => void listener(req, res))
}
