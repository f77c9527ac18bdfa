// Background tasks on apps: what is there once they are enabled, and what is said before.
import { BackgroundTasks, BackgroundTasksNotEnabledError, createTasks } from '@catzilla/api'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from './edges/edge.ts'
import { enabledApps } from './edges/enabled.ts'
import type { EnabledApp, MakeApp } from './edges/enabled.ts'

describe.each(enabledApps)('%s', (_, make) => {
  function enabled(...[options, own]: Parameters<MakeApp>): EnabledApp {
    const made = make(options, own)
    onTestFinished(async () => void (await made.app.tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })))
    return made
  }

  test('the app has tasks and addTask, and its requests have the tasks', async () => {
    const { app, server } = enabled({ engine: 'typescript' }, async (tasks) => {
      const sum = await tasks.addTask((a: number, b: number) => a + b, [40, 2]).wait()
      return `${sum} ${tasks === app.tasks}`
    })
    expect(app.tasks).toBeInstanceOf(BackgroundTasks)
    expect(app.tasks.engineInfo.name).toBe('typescript')
    expect(await app.addTask((text: string) => text.length, ['four']).wait()).toBe(4)
    const origin = await listen(server)
    expect(await (await fetch(`${origin}/own`)).text()).toBe('42 true')
  })

  test('the routes are there when they are asked for, before those of the app', async () => {
    const { server } = enabled({ engine: 'typescript', http: {} }, async () => 'own')
    const origin = await listen(server)
    expect((await fetch(`${origin}/tasks/stats`)).status).toBe(200)
    expect(await (await fetch(`${origin}/own`)).text()).toBe('own')
  })

  test('without that there are none', async () => {
    const { server } = enabled({ engine: 'typescript' }, async () => 'own')
    const origin = await listen(server)
    expect(await (await fetch(`${origin}/tasks/health`)).text()).not.toContain('healthy')
  })

  test('tasks made before can be put on the app', async () => {
    const tasks = createTasks({ engine: 'typescript' })
    const { app } = enabled({ tasks }, async () => '')
    expect(app.tasks).toBe(tasks)
  })

  test('what cannot be is refused: twice, options for tasks made before, signals', () => {
    const { again, app } = enabled({ engine: 'typescript' }, async () => '')
    expect(again).toThrow('they are enabled on this app already')
    const { tasks } = app
    expect(() => make({ tasks, workers: 3 }, async () => '')).toThrow('workers cannot be applied to tasks')
    expect(() => make({ handleSignals: true } as never, async () => '')).toThrow(
      'give handleSignals to gracefulShutdown',
    )
  })
})

test.each([
  ['Express', () => express()],
  ['Koa', () => new Koa()],
  ['Hono', () => new Hono()],
])('%s apps say what to do when tasks are used before they are enabled', (_, make) => {
  const app = make() as unknown as { readonly tasks: unknown; readonly addTask: unknown }
  expect(() => app.tasks).toThrow(BackgroundTasksNotEnabledError)
  expect(() => app.addTask).toThrow('call enableBackgroundTasks(app, options) first')
})
