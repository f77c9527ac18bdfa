// Starting tasks: as many at once as there are slots, in slices that leave the event loop room, and outside any context.
import { AsyncLocalStorage } from 'node:async_hooks'
import { seeded } from '@catzilla/test-kit/seed'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CatzillaError } from '../../src/contract/errors.ts'
import type { TaskHandle } from '../../src/contract/task.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import type { Clock } from '../../src/support/clock.ts'
import { currentTask } from '../../src/lanes/task-context.ts'
import { gatedBody, startEngine } from './started-engine.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('slots', () => {
  test('never more run at once than inlineConcurrency, and no slot stays empty while tasks wait', async () => {
    const durations = fc.array(fc.nat(20), { minLength: 1, maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), durations, async (inlineConcurrency, tasks) => {
        const { engine, clock, run } = await startEngine({ inlineConcurrency })
        let running = 0
        const seen: { running: number; waiting: number }[] = []
        let waiting = tasks.length
        const handles = tasks.map((ms) =>
          run(async () => {
            running++
            waiting--
            await new Promise<void>((resolve) => void clock.setAlarm(ms, resolve))
            seen.push({ running, waiting })
            running--
          }),
        )
        await clock.advance(1000)
        expect(handles.map(({ status }) => status)).toEqual(tasks.map(() => 'completed'))
        expect(Math.max(...seen.map((each) => each.running))).toBeLessThanOrEqual(inlineConcurrency)
        const firstEnd = seen[0]
        expect(firstEnd?.running).toBe(Math.min(inlineConcurrency, tasks.length))
        await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
      }),
      { ...seeded, numRuns: 20 },
    )
  })

  test('scaling up starts those that wait, scaling down lets those that run end', async () => {
    const { engine, run } = await startEngine({ inlineConcurrency: 1 })
    const bodies = Array.from({ length: 4 }, gatedBody)
    const handles = bodies.map(({ body }) => run(body))
    const statuses = (): string[] => handles.map(({ status }) => status)
    await turn()
    expect(statuses()).toEqual(['running', 'pending', 'pending', 'pending'])
    await engine.scale({ inlineConcurrency: 3 })
    await turn()
    expect(statuses()).toEqual(['running', 'running', 'running', 'pending'])
    await engine.scale({ inlineConcurrency: 1 })
    bodies[0]?.end()
    await turn()
    expect(statuses()).toEqual(['completed', 'running', 'running', 'pending'])
    bodies[1]?.end()
    bodies[2]?.end()
    await turn()
    expect(statuses()).toEqual(['completed', 'completed', 'completed', 'running'])
  })

  test('a slot that is freed by a cancellation, a signal or a timeout goes to the next at once', async () => {
    const { clock, run } = await startEngine({ inlineConcurrency: 1 })
    const abort = new AbortController()
    const endings: [TaskOptions, (stuck: TaskHandle) => unknown][] = [
      [{}, (stuck) => stuck.cancel()],
      [{ signal: abort.signal }, () => abort.abort(new Error('enough'))],
      [{ timeoutMs: 50, maxRetries: 0 }, () => clock.advance(50)],
    ]
    for (const [options, end] of endings) {
      const stuck = run(gatedBody().body, options)
      const next = run(() => 'ran')
      await turn()
      expect([stuck.status, next.status]).toEqual(['running', 'pending'])
      await end(stuck)
      expect(await next.wait()).toBe('ran')
      expect(await rejectionOf(stuck.wait())).toBeInstanceOf(CatzillaError)
    }
  })

  test('nothing starts inside submit, and the first starts before the next turn of the event loop', async () => {
    const { run } = await startEngine()
    let started = false
    run(() => (started = true))
    expect(started).toBe(false)
    await Promise.resolve()
    await Promise.resolve()
    expect(started).toBe(true)
  })

  test('pausing starts nothing more, resuming goes on', async () => {
    const { engine, run } = await startEngine()
    await engine.pause()
    const handle = run(() => 'ran')
    await turn()
    expect(handle.status).toBe('pending')
    await engine.resume()
    expect(await handle.wait()).toBe('ran')
  })
})

/** A clock that moves when told, inside a body too: each task can take a millisecond without taking one. */
function spentClock(): { clock: Clock; spend: (ms: number) => void } {
  let now = 0
  const clock = { now: () => now, epochMs: () => now, setAlarm: () => ({ cancel: () => {} }) }
  return { clock, spend: (ms) => void (now += ms) }
}

describe('slices', () => {
  test('a flood of synchronous tasks leaves the event loop a turn every 8 ms', async () => {
    const { clock, spend } = spentClock()
    const { engine, run } = await startEngine({ clock })
    let done = 0
    const handles = Array.from({ length: 200 }, () =>
      run(() => {
        done++
        spend(1)
      }),
    )
    const perTurn: number[] = []
    for (let before = done; done < handles.length; before = done) {
      await turn()
      perTurn.push(done - before)
    }
    expect(perTurn.length).toBeGreaterThanOrEqual(200 / 9)
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(9)
    await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
  })

  test('a slice is used up by tasks that were given their turn one by one as well', async () => {
    const { clock, spend } = spentClock()
    const { run } = await startEngine({ clock, inlineConcurrency: 1 })
    let done = 0
    const body = async (): Promise<void> => {
      await Promise.resolve()
      done++
      spend(1)
    }
    for (let task = 0; task < 50; task++) run(body)
    await turn()
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThanOrEqual(10)
    for (let before = -1; before < done; await turn()) before = done
    expect(done).toBe(50)
  })

  test('tasks that submit tasks, without end, do not keep immediates from running', async () => {
    const { clock, spend } = spentClock()
    const { run } = await startEngine({ clock })
    let stopped = false
    let runs = 0
    const again = (): void => {
      runs++
      spend(1)
      if (!stopped) run(again)
    }
    run(again)
    await turn()
    await turn()
    stopped = true
    expect(runs).toBeLessThan(40)
  })
})

describe('contexts', () => {
  test('a task does not see the store of the request that submitted it', async () => {
    const store = new AsyncLocalStorage<string>()
    const { run } = await startEngine()
    const submitted = store.run('request', () => {
      const seen: unknown[] = []
      const handle = run(async () => {
        seen.push(store.getStore())
        await Promise.resolve()
        seen.push(store.getStore())
        return seen
      })
      return handle.wait()
    })
    expect(await submitted).toEqual([undefined, undefined])
  })

  test('nor does one that a delay, a retry or a free slot starts on its behalf', async () => {
    const store = new AsyncLocalStorage<string>()
    const { clock, run } = await startEngine({ inlineConcurrency: 1 })
    const seen: unknown[] = []
    const look = (): void => void seen.push(store.getStore())
    let attempts = 0
    store.run('request', () => {
      run(look, { delayMs: 100 })
      run(() => {
        look()
        if (++attempts === 1) throw new Error('again')
      })
      run(look)
    })
    await store.run('test', () => clock.advance(60_000))
    expect(seen).toEqual([undefined, undefined, undefined, undefined])
  })

  test('what a body enters, before or after it awaits, does not leak into later tasks or to the submitter', async () => {
    const store = new AsyncLocalStorage<string>()
    const { run } = await startEngine({ inlineConcurrency: 1 })
    const look = (): unknown => store.getStore()
    const bodies = [
      (): void => store.enterWith('synchronous'),
      look,
      async (): Promise<void> => {
        store.enterWith('before the await')
        await turn()
        store.enterWith('after the await')
      },
      look,
      async (): Promise<unknown> => {
        await turn()
        return look()
      },
    ]
    for (const body of bodies) expect(await run(body).wait()).toBeUndefined()
    expect(look()).toBeUndefined()
  })

  test('the submitter keeps its own store, also in what it awaits', async () => {
    const store = new AsyncLocalStorage<string>()
    const { run } = await startEngine()
    await store.run('request', async () => {
      await run(() => store.run('task', () => {})).wait()
      expect(store.getStore()).toBe('request')
    })
  })

  test('each body finds its own task, however they take turns, and nobody outside finds one', async () => {
    const { run } = await startEngine()
    const body = async (): Promise<(string | undefined)[]> => {
      const before = currentTask()?.taskId
      await turn()
      return [before, currentTask()?.taskId]
    }
    const handles = Array.from({ length: 10 }, () => run(body))
    const found = await Promise.all(handles.map((handle) => handle.wait()))
    expect(found).toEqual(handles.map(({ taskId }) => [taskId, taskId]))
    expect(currentTask()).toBeUndefined()
  })
})
