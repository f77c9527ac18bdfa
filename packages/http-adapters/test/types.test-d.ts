// What apps and requests are typed as, once background tasks are enabled.
import type { BackgroundTasks, TaskResult } from '@catzilla/api'
import { enableBackgroundTasks as enableOnExpress, taskRoutes } from '@catzilla/http-adapters/express'
import { enableBackgroundTasks as enableOnHono } from '@catzilla/http-adapters/hono'
import type { TasksEnv } from '@catzilla/http-adapters/hono'
import { enableBackgroundTasks as enableOnKoa } from '@catzilla/http-adapters/koa'
import { enableBackgroundTasks as enableOnNode } from '@catzilla/http-adapters/node'
import type { Context as KoaContext } from 'koa'
import type { Context as HonoContext } from 'hono'
import type { IncomingMessage, Server } from 'node:http'
import express from 'express'
import type { Request } from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { expectTypeOf, test } from 'vitest'

test('requests have tasks', () => {
  const app = enableOnExpress(express())
  app.use((req, _, next) => {
    expectTypeOf(req.tasks).toEqualTypeOf<BackgroundTasks>()
    next()
  })
  enableOnKoa(new Koa()).use((ctx) => {
    expectTypeOf(ctx.tasks).toEqualTypeOf<BackgroundTasks>()
  })
  enableOnHono(new Hono<TasksEnv>()).use((c, next) => {
    expectTypeOf(c.var.tasks).toEqualTypeOf<BackgroundTasks>()
    return next()
  })
})

test('apps have tasks, and addTask with the types of the function', () => {
  const app = enableOnExpress(express())
  expectTypeOf(app.tasks).toEqualTypeOf<BackgroundTasks>()
  expectTypeOf(app.addTask((a: number) => String(a), [1])).toEqualTypeOf<TaskResult<string>>()
  // @ts-expect-error the argument is no number
  app.addTask((a: number) => a, ['1'])
})

test('authorize is given the request of the framework', () => {
  enableOnExpress(express(), {
    http: { authorize: (req) => (expectTypeOf(req).toEqualTypeOf<Request>(), true) },
  })
  enableOnKoa(new Koa(), {
    http: { authorize: (ctx) => (expectTypeOf(ctx).toEqualTypeOf<KoaContext>(), true) },
  })
  enableOnHono(new Hono<TasksEnv>(), {
    http: { authorize: (c) => (expectTypeOf(c).toEqualTypeOf<HonoContext>(), true) },
  })
  enableOnNode({} as Server, {
    http: { authorize: (req) => (expectTypeOf(req).toEqualTypeOf<IncomingMessage>(), true) },
  })
})

test('a wrong use does not compile', () => {
  expectTypeOf(enableOnExpress).toBeFunction()
  const { tasks } = enableOnExpress(express())
  // @ts-expect-error there is no such option
  taskRoutes(tasks, { exposed: [] })
  // @ts-expect-error a verdict is no text but 'unauthenticated'
  taskRoutes(tasks, { authorize: () => 'yes' })
  // @ts-expect-error signals are for gracefulShutdown
  enableOnExpress(express(), { handleSignals: true })
})
