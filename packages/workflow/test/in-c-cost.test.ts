// Looking for steps that C could run costs no more for each step of a wide run than of a narrow one: counted, not timed.
import type { BackgroundTasks } from '@catzilla/api'
import { afterEach, expect, test, vi } from 'vitest'
import { Bodies } from '../src/in-c/bodies.ts'
import { workflow } from '../src/index.ts'
import { describeOnEachEngine } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

const STEPS = 2000

afterEach(() => {
  vi.restoreAllMocks()
})

describeOnEachEngine((engine) => {
  test('steps that stay JavaScript are looked at a few times each', async () => {
    const tasks: BackgroundTasks = tasksForTest({ engine, inlineConcurrency: 4, queueSize: 100 })
    const add = tasks.task({ name: 'add', compile: false }, (a: number, b: number) => a + b)
    const fan = workflow('fan', (w, input: { first: number }) =>
      w.all(Array.from({ length: STEPS }, (_, index) => w.step(add, [input.first, index]))),
    )
    const looked = vi.spyOn(Bodies.prototype, 'stepOf')
    await fan.execute({ first: 1 }).wait()
    expect(looked.mock.calls.length).toBeLessThanOrEqual(4 * STEPS)
  })
})
