// How threads start: what is loaded before their first task, and what becomes of the tasks when they cannot start.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { TaskCrashedError } from '../../../src/contract/errors.ts'
import * as entries from '../../../src/isolates/entry-file.ts'
import { shutGates } from './gates.ts'
import { bodyOf, engineKinds, startWith, threadCall } from './thread-engines.ts'

vi.mock('../../../src/isolates/entry-file.ts', { spy: true })

const entryFile = vi.mocked(entries.entryFile)
const one = threadCall(() => 1)

/** Of this process; always the same where the system does not say. */
const threadCount = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0)

let started = 0
const count = (): void => void started++

beforeEach(() => {
  started = 0
  process.on('worker', count)
})

afterEach(() => {
  process.off('worker', count)
  entryFile.mockReset()
})

describe.each(engineKinds)('the threads of the %s engine', (_, make) => {
  test('import a module before their first task, also when that is another one', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const inModule = engine.submit(bodyOf('./marks-its-import.mjs', 'importsSoFar', { priority: 'low' }), [])
    const order: string[] = []
    const look = (): unknown => (globalThis as { readonly importedModules?: number }).importedModules
    const urgent = engine.submit(threadCall(look, { priority: 'critical' }), [])
    urgent.onSettled(() => order.push('urgent'))
    inModule.onSettled(() => order.push('in the module'))
    expect(await Promise.all([urgent.wait(), inModule.wait()])).toEqual([1, 1])
    expect(order).toEqual(['urgent', 'in the module'])
  })

  test('that a module ends when it is imported fail its task, and run the others', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const bad = engine.submit(bodyOf('./exits-when-imported.mjs', 'missing'), [])
    const others = [engine.submit(one, []), engine.submit(one, [])]
    const error = await rejectionOf(bad.wait())
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(error.message).toContain('process.exit(4)')
    expect(await Promise.all(others.map((handle) => handle.wait()))).toEqual([1, 1])
  })

  test('that end before they are ready are started three times; then their tasks are given up', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    entryFile.mockReturnValue(fileURLToPath(new URL('./exits-when-imported.mjs', import.meta.url)))
    const errors = await Promise.all(
      [engine.submit(one, []), engine.submit(one, [])].map((each) => rejectionOf(each.wait())),
    )
    for (const error of errors) {
      expect(error).toBeInstanceOf(TaskCrashedError)
      expect(error.message).toMatch(/no thread could be started for it, 3 ended before they were ready: exit code 4$/)
    }
    expect([started, engine.snapshot().lanes.thread?.slots]).toEqual([3, 0])
    entryFile.mockReset()
    expect(await engine.submit(one, []).wait()).toBe(1)
    expect(started).toBe(4)
  })

  test('that were ready and ended before anybody here could hear of it have started well', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const gates = shutGates(1)
    const leaves = threadCall((words: Int32Array) => {
      Atomics.add(words, 0, 1)
      Atomics.notify(words, 0)
      process.exit(0)
    })
    const threads = threadCount()
    // this thread is held up from the moment in which a thread is made until that has ended
    const holdUp = (): void => {
      if (started > 3) return
      Atomics.wait(gates, 0, started - 1)
      while (threadCount() > threads) continue
    }
    process.on('worker', holdUp)
    onTestFinished(() => void process.off('worker', holdUp))
    const leaving = [1, 2, 3].map(() => engine.submit(leaves, [gates]))
    const last = engine.submit(
      threadCall(() => 1, { priority: 'low' }),
      [],
    )
    const errors = await Promise.all(leaving.map((each) => rejectionOf(each.wait())))
    expect(errors.map(({ message }) => message)).toEqual(errors.map(() => "task 'body' called process.exit(0)"))
    expect(await last.wait()).toBe(1)
    expect(started).toBe(4)
  })

  test.each([0, 1])(
    'that cannot even be made fail their tasks, not whoever submits them (minThreads: %i)',
    async (minThreads) => {
      entryFile.mockImplementation(() => {
        throw new TypeError('there is no entry')
      })
      const engine = await startWith(make, { maxThreads: 1, minThreads })
      const error = await rejectionOf(engine.submit(one, []).wait())
      expect(error).toBeInstanceOf(TaskCrashedError)
      expect(error.message).toMatch(/no thread could be started for it, .*: there is no entry$/)
      expect(error.cause).toBeInstanceOf(TypeError)
      entryFile.mockReset()
      expect(await engine.submit(one, []).wait()).toBe(1)
    },
  )
})

test('a module whose import never ends keeps no other task from running', async () => {
  const runs = engineKinds.map(async ([, make]) => {
    const engine = await startWith(make, { maxThreads: 1 })
    const stuck = engine.submit(bodyOf('./never-imported.mjs', 'neverRuns'), [])
    const other = engine.submit(one, [])
    stuck.cancel()
    return other.wait()
  })
  expect(await Promise.all(runs)).toEqual(engineKinds.map(() => 1))
})
