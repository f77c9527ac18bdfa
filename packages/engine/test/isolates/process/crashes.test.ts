// Processes that end while they run a task, before they begin one, and again and again.
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { TaskCrashedError } from '@catzilla/engine'
import {
  errorOf,
  fileGate,
  gone,
  isAlive,
  nextEvent,
  startProcesses,
  stopAll,
  waitForFile,
  workerOf,
} from './process-engine.ts'

afterEach(stopAll)

const pidOf = (): number => process.pid

describe('a process that ends while it runs a task', () => {
  interface Way {
    readonly way: string
    readonly body: () => unknown
    readonly message: RegExp
    readonly cause?: string
  }

  const ways: readonly Way[] = [
    { way: 'exits with 0', body: () => process.exit(0), message: /exited with code 0/ },
    { way: 'exits with 7', body: () => process.exit(7), message: /exited with code 7/ },
    { way: 'aborts', body: () => process.abort(), message: /SIGABRT/ },
    { way: 'is hit by SIGSEGV', body: () => process.kill(process.pid, 'SIGSEGV'), message: /SIGSEGV/ },
    {
      way: 'throws where nobody catches',
      body: () =>
        new Promise(() =>
          setTimeout(() => {
            throw new RangeError('out of reach')
          }, 1),
        ),
      message: /nobody caught RangeError: out of reach/,
      cause: 'out of reach',
    },
    {
      way: 'rejects where nobody looks',
      body: () =>
        new Promise(() => {
          void Promise.reject(new RangeError('unseen'))
        }),
      message: /nobody caught RangeError: unseen/,
      cause: 'unseen',
    },
    {
      way: 'closes its channel',
      body: () => new Promise(() => process.disconnect()),
      message: /exited with code 0/,
    },
    {
      way: 'closes its channel and stays',
      body: () => {
        process.removeAllListeners('disconnect')
        process.disconnect()
        return new Promise(() => setInterval(() => {}, 1000))
      },
      message: /closed its channel .* did not end/,
    },
  ]

  test.each(ways)('fails that task alone: one that $way', async ({ body, message, cause }) => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const before = await run(pidOf).wait()
    const handle = run(body)
    const next = run(pidOf)
    const error = await errorOf(handle)
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(error.message).toMatch(message)
    expect(error.message).toContain(`(${String(before)})`)
    expect((error.cause as Error | undefined)?.message).toBe(cause)
    expect(await next.wait()).not.toBe(before)
  })

  test('fails it also when it is killed from outside, and leaves the others alone', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 2 })
    const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))
    const other = run(forever)
    await nextEvent(engine, 'started')
    const started = nextEvent(engine, 'started')
    const handle = run(forever)
    await started
    process.kill(workerOf(handle), 'SIGKILL')
    expect((await errorOf(handle)).message).toMatch(/SIGKILL/)
    expect(other.status).toBe('running')
  })

  test('lets the task be retried in another one', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const pids: unknown[] = []
    engine.subscribe(['retrying'], ({ error }) => pids.push(error.name))
    const body = (): number => {
      const { attempt } = (
        (globalThis as Record<symbol, unknown>)[Symbol.for('@catzilla/engine/task-context')] as {
          getStore(): { context: { attempt: number } }
        }
      ).getStore().context
      if (attempt < 3) process.exit(attempt)
      return attempt
    }
    const handle = run(body, [], { maxRetries: 2 })
    expect(await handle.wait()).toBe(3)
    expect(pids).toEqual(['TaskCrashedError', 'TaskCrashedError'])
    expect(engine.snapshot()).toMatchObject({ retryCount: 2, failedTasks: 0, lateRuns: 0 })
  })
})

describe('a process that ends while it is idle', () => {
  test('is replaced when there is work', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const first = (await run(pidOf).wait()) as number
    process.kill(first, 'SIGKILL')
    await gone(first)
    expect(await run(pidOf).wait()).not.toBe(first)
  })

  test('and a task that was sent to it meanwhile does not notice', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const first = (await run(pidOf).wait()) as number
    process.kill(first, 'SIGKILL')
    // sent before this event loop can hear of the end
    const handle = run(pidOf)
    expect(await handle.wait()).not.toBe(first)
    expect(handle.stats().retries).toBe(0)
    expect(handle.status).toBe('completed')
  })
})

describe('a process that does not take what it is sent', () => {
  test('because it is stopped is ended, and another one takes the task', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 }, { takeMs: 200, earlyEnds: 100 })
    const first = (await run(pidOf).wait()) as number
    process.kill(first, 'SIGSTOP')
    const handle = run(pidOf)
    expect(await handle.wait()).not.toBe(first)
    expect(handle.stats().retries).toBe(0)
    await gone(first)
  })

  test('because an earlier task has left it blocked is ended, and another one takes the task', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 }, { takeMs: 200, earlyEnds: 100 })
    const body = (): number => {
      setImmediate(() => {
        for (;;) continue
      })
      return process.pid
    }
    const first = await run(body).wait()
    expect(await run(pidOf).wait()).not.toBe(first)
  })
})

describe('processes that never get as far as a task', () => {
  test('are given up after three, with what they said', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'catzilla-'))
    const entry = join(folder, 'process-entry.mjs')
    await writeFile(entry, `process.stderr.write('no such thing as a free lunch\\n'); process.exit(9)`)
    try {
      const { engine, run } = await startProcesses({ maxProcesses: 1 }, { entry, restartMs: 1 })
      const handles = [run(pidOf), run(pidOf, [], { maxRetries: 3 })]
      for (const handle of handles) {
        const error = await errorOf(handle)
        expect(error).toBeInstanceOf(TaskCrashedError)
        expect(error.message).toMatch(/3 in a row .* exited with code 9.*\n.*free lunch/)
      }
      expect(engine.snapshot()).toMatchObject({ failedTasks: 2, retryCount: 0, totalQueued: 0 })
      // the lane is not closed for good
      expect((await errorOf(run(pidOf))).message).toMatch(/4 in a row/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('because they are never ready are given up after their time', async () => {
    const entry = join(import.meta.dirname, 'never-ready.mjs')
    const { run } = await startProcesses({ maxProcesses: 1 }, { entry, readyMs: 200, restartMs: 1 })
    expect((await errorOf(run(pidOf))).message).toMatch(/3 in a row .* not ready after 200 ms/)
  })

  test('because of their flags say which', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 }, { execArgv: ['--no-such-flag'], restartMs: 1 })
    expect((await errorOf(run(pidOf))).message).toMatch(/bad option: --no-such-flag/)
  })

  test('because they do not exist say so', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 }, { entry: '/no/such/entry.js', restartMs: 1 })
    expect((await errorOf(run(pidOf))).message).toMatch(/Cannot find module/)
  })
})

test('an exception of code that outlives its task ends the process, and no other task', async () => {
  const { run } = await startProcesses({ maxProcesses: 1 })
  const body = (): number => {
    setTimeout(() => {
      throw new Error('too late to blame anybody')
    }, 5)
    return process.pid
  }
  const first = (await run(body).wait()) as number
  await gone(first)
  expect(await run(pidOf).wait()).not.toBe(first)
  expect(isAlive(first)).toBe(false)
})

describe('what an earlier task has left behind ends the process in which another one runs', () => {
  interface Remnant {
    readonly what: string
    readonly body: (gate: string) => void
    readonly how: RegExp
  }

  const remnants: readonly Remnant[] = [
    {
      what: 'it exits',
      body: (gate) => {
        const { existsSync } = process.getBuiltinModule('node:fs')
        setInterval(() => existsSync(gate) && process.exit(3), 1)
      },
      how: /task 'remnant' \(.*\): it exited with code 3/,
    },
    {
      what: 'it throws',
      body: (gate) => {
        const { existsSync } = process.getBuiltinModule('node:fs')
        setInterval(() => {
          if (existsSync(gate)) throw new RangeError('left behind')
        }, 1)
      },
      how: /task 'remnant' \(.*\): nobody caught RangeError: left behind/,
    },
    {
      what: 'it rejects',
      body: (gate) => {
        const { existsSync } = process.getBuiltinModule('node:fs')
        setInterval(() => existsSync(gate) && void Promise.reject(new RangeError('left behind')), 1)
      },
      how: /task 'remnant' \(.*\): nobody caught RangeError: left behind/,
    },
  ]

  test.each(remnants)('and that one runs again at no cost: $what', async ({ body, how }) => {
    const warning = new Promise<Error>((resolve) => process.once('warning', resolve))
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const [first, second] = [fileGate(), fileGate()]
    await run(body, [first.path], {}, 'remnant').wait()
    const began = nextEvent(engine, 'progress')
    const handle = run(waitForFile, [second.path])
    await began
    const pid = workerOf(handle)
    const beganAgain = nextEvent(engine, 'progress')
    first.open()
    await beganAgain
    second.open()
    expect(await handle.wait()).not.toBe(pid)
    expect(handle.stats().retries).toBe(0)
    expect(engine.snapshot()).toMatchObject({ failedTasks: 0, retryCount: 0, completedTasks: 2, totalQueued: 0 })
    const { message } = await warning
    expect(message).toMatch(how)
    expect(message).toContain(`process ${pid} was ended, while task 'task' ran there`)
  })

  test('though not for ever, when a task blames an earlier one for what it does itself', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    let starts = 0
    engine.subscribe(['started'], () => starts++)
    const error = await errorOf(
      run(() => {
        const { writeSync } = process.getBuiltinModule('node:fs')
        process.removeAllListeners('exit')
        writeSync(4, JSON.stringify({ serial: 0, taskId: 'none', name: 'none' }))
        process.exit(5)
      }),
    )
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(error.message).toMatch(/exited with code 5/)
    expect(starts).toBe(11)
  })
})
