// Bodies that something else on the server has read, changed or looked at before the routes come to them.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks } from '@catzilla/api'
import { taskRoutes as expressRoutes } from '@catzilla/http-adapters/express'
import { taskRoutes as honoRoutes } from '@catzilla/http-adapters/hono'
import { taskRoutes as koaRoutes } from '@catzilla/http-adapters/koa'
import { taskRoutes as nodeRoutes } from '@catzilla/http-adapters/node'
import express from 'express'
import { Hono } from 'hono'
import type { MiddlewareHandler } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from './edges/edge.ts'

const options = { expose: ['echo'], authorize: () => true }

function tasksForTest(): BackgroundTasks {
  const tasks = createTasks({ engine: 'typescript' })
  tasks.task({ name: 'echo' }, (...values: unknown[]) => values)
  onTestFinished(async () => void (await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })))
  return tasks
}

interface Taken {
  readonly status: number
  readonly json: { readonly taskId?: string; readonly type?: string; readonly remedy?: string }
  readonly args: unknown
}

/** Submits `echo` with 1, and gives what was answered, and the arguments that arrived. */
async function submitOne(tasks: BackgroundTasks, server: Server): Promise<Taken> {
  const origin = await listen(server)
  const body = JSON.stringify({ task: 'echo', args: [1] })
  const answer = await fetch(`${origin}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const json = (await answer.json()) as Taken['json']
  const task = json.taskId === undefined ? undefined : await tasks.getTask(json.taskId)
  return { status: answer.status, json, args: task?.args }
}

describe('a body that was read and not left is said to be gone, at once', () => {
  const readers: Readonly<Record<string, (tasks: BackgroundTasks) => Server>> = {
    'node:http'(tasks) {
      const routes = nodeRoutes(tasks, options)
      return createServer((req, res) => void req.resume().once('end', () => setImmediate(() => routes(req, res))))
    },
    Express(tasks) {
      const app = express()
      app.use((req, _, next) => void req.resume().once('end', () => setImmediate(next)))
      return createServer(app.use(expressRoutes(tasks, options)))
    },
    Koa(tasks) {
      const app = new Koa()
      app.use(async (ctx, next) => {
        for await (const _ of ctx.req) continue
        await next()
      })
      const listener = app.use(koaRoutes(tasks, options)).callback()
      return createServer((req, res) => void listener(req, res))
    },
  }

  test.each(Object.keys(readers))('%s', async (name) => {
    const tasks = tasksForTest()
    const { status, json } = await submitOne(tasks, readers[name]?.(tasks) as Server)
    expect([status, json.type]).toEqual([500, 'urn:catzilla:problem:body-gone'])
    expect(json.remedy).toContain('Mount the routes before')
  })
})

describe('Hono takes the body as middleware leaves it', () => {
  const middleware: Readonly<Record<string, readonly [MiddlewareHandler, unknown]>> = {
    'nobody looks': [(_, next) => next(), [1]],
    'it was read': [
      async (c, next) => {
        await c.req.json()
        await next()
      },
      [1],
    ],
    'it is being read': [
      (c, next) => {
        void c.req.text()
        return next()
      },
      [1],
    ],
    'a copy is being read': [
      (c, next) => {
        void c.req.raw.clone().text()
        return next()
      },
      [1],
    ],
    'another request stands in its place': [
      (c, next) => {
        const body = JSON.stringify({ task: 'echo', args: [2] })
        c.req.raw = new Request(c.req.raw.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
        return next()
      },
      [2],
    ],
  }

  test.each(Object.keys(middleware))('%s', async (name) => {
    const tasks = tasksForTest()
    const [before, args] = middleware[name] as (typeof middleware)[string]
    const listener = getRequestListener(new Hono().use(before).use(honoRoutes(tasks, options)).fetch)
    const taken = await submitOne(
      tasks,
      createServer((req, res) => void listener(req, res)),
    )
    expect([taken.status, taken.args]).toEqual([202, args])
  })
})
