// The four edges, as users mount them.
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import * as expressEdge from '@catzilla/http-adapters/express'
import * as honoEdge from '@catzilla/http-adapters/hono'
import * as koaEdge from '@catzilla/http-adapters/koa'
import * as nodeEdge from '@catzilla/http-adapters/node'
import { headersOfNode, withHeaders } from './edge.ts'
import type { Edge } from './edge.ts'

const node: Edge = {
  name: 'node:http',
  serve(tasks, options, mount) {
    const routes = nodeEdge.taskRoutes(tasks, {
      ...withHeaders(options, headersOfNode),
      path: `${mount}${options.path ?? '/tasks'}`,
    })
    return createServer((req, res) => routes(req, res, () => res.end('elsewhere')))
  },
}

const expressApp: Edge = {
  name: 'Express',
  serve(tasks, options, mount) {
    const app = express()
    app.use(mount === '' ? '/' : mount, expressEdge.taskRoutes(tasks, withHeaders(options, headersOfNode)))
    app.use((_, res) => void res.end('elsewhere'))
    return createServer(app)
  },
  serveParsed(tasks, options) {
    const app = express()
    app.use(express.json({ strict: false }))
    app.use(expressEdge.taskRoutes(tasks, withHeaders(options, headersOfNode)))
    return createServer(app)
  },
}

const koaApp: Edge = {
  name: 'Koa',
  serve(tasks, options, mount) {
    const app = new Koa()
    // of clients that leave it would tell on the terminal
    app.silent = true
    const routes = koaEdge.taskRoutes(
      tasks,
      withHeaders(options, (ctx) => headersOfNode(ctx.req)),
    )
    // as koa-mount does it
    app.use(async (ctx, next) => {
      if (!ctx.path.startsWith(mount)) return next()
      const before = ctx.path
      ctx.path = before.slice(mount.length)
      ctx['mountPath'] = mount
      await routes(ctx, async () => {
        ctx.path = before
        await next()
      })
    })
    app.use((ctx) => {
      ctx.body = 'elsewhere'
    })
    const listener = app.callback()
    return createServer((req, res) => void listener(req, res))
  },
}

const honoApp: Edge = {
  name: 'Hono',
  serve(tasks, options, mount) {
    const routes = honoEdge.taskRoutes(
      tasks,
      withHeaders(options, (c) => (name) => c.req.header(name)),
    )
    const inner = new Hono().use(routes)
    const app = mount === '' ? inner : new Hono().route(mount, inner)
    app.all('*', (c) => c.text('elsewhere'))
    const listener = getRequestListener(app.fetch)
    return createServer((req, res) => void listener(req, res))
  },
}

export const edges: Readonly<Record<'node' | 'express' | 'koa' | 'hono', Edge>> = {
  node: node,
  express: expressApp,
  koa: koaApp,
  hono: honoApp,
}
