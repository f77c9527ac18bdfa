// Inside a thread or process of a lane, modules are loaded again: what they do with tasks at their top level registers
// bodies and does nothing else.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createTasks } from '@catzilla/api'
import { createTypeScriptEngine } from '@catzilla/engine'
import { compiledFixture } from '@catzilla/test-kit/compiled-fixture'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { Child } from './child-process.ts'

const fixture = await compiledFixture(join(import.meta.dirname, 'fixtures', 'isolated.ts'))

test('tasks are registered, whatever engine, lane or store is asked for, and nothing keeps the process alive', async () => {
  const child = new Child(fixture)
  expect((await child.ended).code).toBe(0)
  expect(child.lines).toEqual([
    'work checked work c sum my.own Mailer.send',
    'urls true undefined',
    'engine isolate isolate',
    'signals 0',
    'next null',
    'queued 0',
    'direct 8',
    'method to you',
    'checked PayloadError',
    'delay UnsupportedByEngineError',
    'enqueue UnsupportedByEngineError',
    'batch UnsupportedByEngineError',
    'addTask UnsupportedByEngineError',
    'runNow UnsupportedByEngineError',
    'getTask UnsupportedByEngineError',
    'exit 0',
  ])
  expect(existsSync('never-made')).toBe(false)
})

test('a body that stands for the one of the user says so, and any other is given as it is', async () => {
  const engine = createTypeScriptEngine()
  const register = vi.spyOn(engine, 'register')
  const tasks = createTasks({ engine })
  const body = (): string => 'x'
  tasks.task({ name: 'plain' }, body)
  tasks.task({ name: 'checked', output: z.string() }, body)
  const [plain, checked] = register.mock.calls.map(([{ handler }]) => handler)
  const mark = Symbol.for('@catzilla/engine/wrapped-body')
  expect(plain).toBe(body)
  expect(Reflect.get(checked as object, mark)).toBe('is followed by the check of its output schema')
  await tasks.shutdown()
})
