// A server in a process of its own, so that the load does not share its event loop: the routes of the package and, beside
// them on the same framework, a route that gives its JSON body back. It answers questions of its parent about its tasks.
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks } from '@catzilla/api'
import { taskRoutes as expressRoutes } from '@catzilla/http-adapters/express'
import { taskRoutes as honoRoutes } from '@catzilla/http-adapters/hono'
import { taskRoutes as koaRoutes } from '@catzilla/http-adapters/koa'
import { taskRoutes as nodeRoutes } from '@catzilla/http-adapters/node'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import type { ServerAnswer, ServerQuestion } from './server-process.ts'

const options = { expose: ['noop'], authorize: () => true }

/** Each framework as one would write the echo by hand. */
const frameworks: Readonly<Record<string, (tasks: BackgroundTasks) => RequestListener>> = {
  'node:http'(tasks) {
    const routes = nodeRoutes(tasks, options)
    return (req, res) => {
      if (req.url !== '/echo') {
        routes(req, res)
        return
      }
      text(req).then(
        (body) => {
          const json = JSON.stringify(JSON.parse(body))
          res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) })
          res.end(json)
        },
        () => res.destroy(),
      )
    }
  },
  Express(tasks) {
    const app = express()
    app.post('/echo', express.json(), (req, res) => void res.json(req.body))
    return app.use(expressRoutes(tasks, options))
  },
  Koa(tasks) {
    const app = new Koa()
    app.use(async (ctx, next) => {
      if (ctx.path === '/echo') ctx.body = JSON.parse(await text(ctx.req)) as object
      else await next()
    })
    const listener = app.use(koaRoutes(tasks, options)).callback()
    return (req, res) => void listener(req, res)
  },
  Hono(tasks) {
    const app = new Hono()
    app.post('/echo', async (c) => c.json(await c.req.json<object>()))
    const listener = getRequestListener(app.use(honoRoutes(tasks, options)).fetch)
    return (req, res) => void listener(req, res)
  },
}

const [framework = '', engine = 'auto'] = process.argv.slice(2)
const tasks = createTasks({ engine })
tasks.task({ name: 'noop' }, () => {})
const make = frameworks[framework]
if (make === undefined) throw new Error(`there is no framework named ${framework}`)
const server: Server = createServer(make(tasks))

process.on('message', (question: ServerQuestion) => {
  if (question === 'stop') void stop()
  else void figures().then((answer) => process.send?.(answer))
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

async function figures(): Promise<ServerAnswer> {
  const { user, system } = process.cpuUsage()
  await tasks.drain()
  globalThis.gc?.()
  const { submittedTasks, completedTasks } = tasks.getStats()
  return {
    submitted: submittedTasks,
    completed: completedTasks,
    cpuSeconds: (user + system) / 1e6,
    heapBytes: process.memoryUsage().heapUsed,
  }
}

async function stop(): Promise<void> {
  server.close()
  server.closeAllConnections()
  await tasks.shutdown()
  process.disconnect()
}
