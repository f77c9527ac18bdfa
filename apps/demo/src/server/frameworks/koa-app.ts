// The demo's routes on Koa.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { enableBackgroundTasks } from '@catzilla/http-adapters/koa'
import { Router } from '@koa/router'
import Koa from 'koa'
import type { MakeApp } from './make-app.ts'

export const makeKoaApp: MakeApp = (tasks, routes, http) => {
  const bare = new Koa()
  const router = new Router()
  for (const route of routes) {
    router.register(route.path, [route.method], async (ctx) => {
      const body = route.method === 'POST' ? await text(ctx.req) : ''
      const given = {
        params: ctx.params,
        query: ctx.query as Record<string, string>,
        body: body === '' ? undefined : (JSON.parse(body) as unknown),
      }
      const answer = route.answer(given)
      ctx.status = answer.status
      ctx.body = answer.body
    })
  }
  // the documents' own figures go before the routes of the package
  bare.use(router.routes())
  const listener = enableBackgroundTasks(bare, { tasks, http }).callback()
  return createServer((req, res) => void listener(req, res))
}
