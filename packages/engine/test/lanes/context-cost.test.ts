// The storage behind `currentTask()` is in use while bodies run, and for as long as something may ask for its task; else the
// promises of the process are spared it. What is left behind once is left behind for good, so the order of these tests counts.
import { executionAsyncId } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { currentTask } from '../../src/lanes/task-context.ts'
import type { TaskHandle } from '../../src/contract/task.ts'
import { deferred } from '../../src/support/quiet-promise.ts'
import { startEngine } from '../typescript/started-engine.ts'

const costsNothing = Number.parseInt(process.versions.node, 10) >= 24

/** Whether Node follows promises now: the jobs of those that it follows have numbers. */
async function isOn(): Promise<boolean> {
  await Promise.resolve()
  return executionAsyncId() !== 0
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function allNames(handles: readonly TaskHandle[]): Promise<Set<unknown>> {
  return new Set(await Promise.all(handles.map((handle) => handle.wait())))
}

const nameOfTask = (): string | undefined => currentTask()?.name

test.skipIf(costsNothing)('many bodies that end at once see their task, and leave the storage off', async () => {
  const { engine, run } = await startEngine()
  const handles = Array.from({ length: 1000 }, (_, n) => run(nameOfTask, {}, `task ${n % 10}`))
  expect(await isOn()).toBe(false)
  expect((await allNames(handles)).size).toBe(10)
  expect(await isOn()).toBe(false)
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})

test.skipIf(costsNothing)('after a few it is switched off once no other has come for a while', async () => {
  const { engine, run } = await startEngine()
  expect(await run(nameOfTask, {}, 'one').wait()).toBe('one')
  while (await isOn()) await nextTurn()
  expect(await run(nameOfTask, {}, 'two').wait()).toBe('two')
  // many while it is on: whoever switched it on is long gone
  const handles = Array.from({ length: 100 }, () => run(nameOfTask, {}, 'many'))
  expect(await allNames(handles)).toEqual(new Set(['many']))
  await nextTurn()
  expect(await isOn()).toBe(false)
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})

test('a body that throws is followed by others that see their task', async () => {
  const { engine, run } = await startEngine()
  const failed = run(
    () => {
      throw new Error('no')
    },
    { maxRetries: 0 },
  )
  await expect(failed.wait()).rejects.toThrow('no')
  expect(await run(nameOfTask, {}, 'next').wait()).toBe('next')
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})

test('what one body leaves behind finds its task, however many others end meanwhile', async () => {
  const { engine, run } = await startEngine()
  const later = deferred<unknown>()
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => (go = resolve))
  // it gives a value at once; what it has set up goes on without it
  const body = (): number => {
    void gate.then(() => later.resolve(currentTask()?.name))
    return 1
  }
  const others = Array.from({ length: 500 }, (_, n) =>
    run(n === 250 ? body : nameOfTask, {}, n === 250 ? 'one' : 'other'),
  )
  await Promise.all(others.map((handle) => handle.wait()))
  for (let turn = 0; turn < 3; turn++) {
    await Promise.all(Array.from({ length: 100 }, () => run(nameOfTask, {}, 'more').wait()))
    await nextTurn()
  }
  go()
  expect(await later.promise).toBe('one')
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})
