// Apps of each framework with background tasks enabled on them, and one route of their own that uses them.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { BackgroundTasks } from '@catzilla/api'
import { enableBackgroundTasks as enableOnExpress } from '@catzilla/http-adapters/express'
import { enableBackgroundTasks as enableOnHono } from '@catzilla/http-adapters/hono'
import type { TasksEnv } from '@catzilla/http-adapters/hono'
import { enableBackgroundTasks as enableOnKoa } from '@catzilla/http-adapters/koa'
import { enableBackgroundTasks as enableOnNode } from '@catzilla/http-adapters/node'
import type { EnableOptions, TaskRoutesOptions, WithBackgroundTasks } from '@catzilla/http-adapters'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'

/** What the app's own route `/own` does with the tasks of its request. */
export type OwnRoute = (tasks: BackgroundTasks) => Promise<string>

export interface EnabledApp {
  readonly app: WithBackgroundTasks
  readonly server: Server
  /** A second call on the same app. */
  readonly again: () => unknown
}

/** `authorize` of the tests asks nobody, so it fits each framework. */
export type Options = Omit<EnableOptions, 'http'> & {
  readonly http?: Omit<TaskRoutesOptions, 'authorize'> & { readonly authorize?: () => true }
}

export type MakeApp = (options: Options, own: OwnRoute) => EnabledApp

const onExpress: MakeApp = (options, own) => {
  const bare = express()
  const app = enableOnExpress(bare, options)
  app.get('/own', (req, res, next) => {
    own(req.tasks).then((text) => res.end(text), next)
  })
  return { app, server: createServer(app), again: () => enableOnExpress(bare) }
}

const onKoa: MakeApp = (options, own) => {
  const bare = new Koa()
  bare.silent = true
  const app = enableOnKoa(bare, options)
  app.use(async (ctx) => {
    ctx.body = await own(ctx.tasks)
  })
  const listener = app.callback()
  return { app, server: createServer((req, res) => void listener(req, res)), again: () => enableOnKoa(bare) }
}

const onHono: MakeApp = (options, own) => {
  const bare = new Hono<TasksEnv>()
  const app = enableOnHono(bare, options)
  app.get('/own', async (c) => c.text(await own(c.var.tasks)))
  const listener = getRequestListener(app.fetch)
  return { app, server: createServer((req, res) => void listener(req, res)), again: () => enableOnHono(bare) }
}

const onNode: MakeApp = (options, own) => {
  const bare = createServer((_, res) => {
    own(app.tasks).then(
      (text) => res.end(text),
      () => res.destroy(),
    )
  })
  const app = enableOnNode(bare, options)
  return { app, server: bare, again: () => enableOnNode(bare) }
}

export const enabledApps: readonly (readonly [name: string, make: MakeApp])[] = [
  ['Express', onExpress],
  ['Koa', onKoa],
  ['Hono', onHono],
  ['node:http', onNode],
]
