// What the doors export, by name: a change here is a change that users notice.
import * as index from '@catzilla/http-adapters'
import * as expressDoor from '@catzilla/http-adapters/express'
import * as honoDoor from '@catzilla/http-adapters/hono'
import * as koaDoor from '@catzilla/http-adapters/koa'
import * as nodeDoor from '@catzilla/http-adapters/node'
import { expect, test } from 'vitest'

test('the door of what needs no framework', () => {
  expect(Object.keys(index).toSorted()).toEqual([
    'HttpProblem',
    'contentSecurityPolicy',
    'createTaskHttp',
    'eventTypes',
    'gracefulShutdown',
    'jsonText',
    'openApiDocument',
    'problemKinds',
  ])
})

test('the doors of the frameworks export the same', () => {
  for (const door of [expressDoor, koaDoor, honoDoor, nodeDoor]) {
    expect(Object.keys(door).toSorted()).toEqual(['enableBackgroundTasks', 'gracefulShutdown', 'taskRoutes'])
  }
})
