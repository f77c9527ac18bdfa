// What an earlier process left behind: queued again in the order of the classes, counted, and never dropped.
import { TaskPriority, UnknownTaskError, currentTask } from '@catzilla/engine'
import type { TaskEngine, TaskHandle } from '@catzilla/engine'
import { VirtualClock } from '@catzilla/engine/testing'
import { describe, expect, it } from 'vitest'
import { deadLettersOf } from '../src/index.ts'
import { define, gate, startOver, turns, vary, warnings } from './durable-for-test.ts'
import { MemoryDisk } from './memory-files.ts'

const never = (): Promise<never> => new Promise(() => {})

/** A disk on which `tasks` wait that a killed process had accepted. */
async function killedWith(submit: (engine: TaskEngine) => readonly TaskHandle[]): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  const engine = await startOver(disk)
  await engine.pause()
  await Promise.all(submit(engine).map(({ accepted }) => accepted))
  return disk.kill()
}

/** A disk whose process died while so many tasks ran, in the latest attempt of that number. */
async function killedRunning(
  disk: MemoryDisk,
  maxRecoveries = 3,
  running = 1,
): Promise<{ disk: MemoryDisk; attempt: number }> {
  const engine = await startOver(disk, { durable: { maxRecoveries } })
  const started = gate<number>()
  let begun = 0
  define(engine, 'poison', () => {
    if (++begun === running) started.open(currentTask()?.attempt ?? 0)
    return never()
  })
  const attempt = await started.passed
  return { disk: disk.kill(), attempt }
}

describe('after a crash', () => {
  it('waiting tasks run in the order of their classes, each class in the order of submission', async () => {
    const disk = await killedWith((engine) => {
      const call = define(engine, 'note', () => 1)
      const classes = ['low', 'normal', 'critical', 'high'] as const
      return Array.from({ length: 40 }, (_, n) => engine.submit(vary(call, { priority: classes[n % 4] ?? 'low' }), [n]))
    })
    // time stands still, so that no class waits longer than it should
    const clock = new VirtualClock()
    const engine = await startOver(disk, { engine: { inlineConcurrency: 1, clock }, durable: { clock } })
    const ran: number[] = []
    define(engine, 'note', (n: number) => void ran.push(n))
    await engine.drain()
    const ofClass = (rest: number): number[] => Array.from({ length: 10 }, (_, n) => n * 4 + rest)
    expect(ran).toEqual([...ofClass(2), ...ofClass(3), ...ofClass(1), ...ofClass(0)])
  })

  it('they keep their ids, arguments, options and times, and are found before and after they ran', async () => {
    let taskId = ''
    const disk = await killedWith((engine) => {
      const call = define(engine, 'mail', () => 1, { tags: ['defined'] })
      const handle = engine.submit(vary(call, { tags: ['own'], metadata: { by: 'Ada' } }), [
        { to: new Map([['a', 1]]) },
      ])
      taskId = handle.taskId
      return [handle]
    })
    const engine = await startOver(disk)
    await engine.pause()
    const before = await engine.find(taskId)
    expect(before).toMatchObject({ status: 'pending', waitingFor: expect.stringContaining("'mail'") as string })
    define(engine, 'mail', (given: { to: Map<string, number> }) => [...given.to], { tags: ['defined anew'] })
    await engine.resume()
    await engine.drain()
    const after = await engine.find(taskId)
    expect(after).toMatchObject({ taskId, status: 'completed', tags: ['own'], metadata: { by: 'Ada' } })
    expect(after?.outcome).toEqual({ status: 'completed', value: [['a', 1]] })
    expect(after?.createdAt).toBe(before?.createdAt)
    expect(after?.recovered).toBeUndefined()
  })

  it('ids are never given out twice', async () => {
    const disk = new MemoryDisk()
    const ids = new Set<string>()
    let over = disk
    for (let round = 0; round < 3; round++) {
      const engine = await startOver(over)
      const handle = engine.submit(
        define(engine, 'quick', () => 1, { keepResultMs: 0 }),
        [],
      )
      await handle.wait()
      ids.add(handle.taskId)
      over = over.kill()
    }
    expect(ids.size).toBe(3)
  })

  it('a delay is kept, and a pause before a retry with the attempts before it', async () => {
    const clock = new VirtualClock()
    const disk = new MemoryDisk()
    const first = await startOver(disk, { engine: { clock }, durable: { clock } })
    const failing = (): never => {
      throw new Error('again')
    }
    const later = first.submit(
      define(first, 'later', () => 1, { delayMs: 10_000 }),
      [],
    )
    const retried = first.submit(define(first, 'retried', failing, { maxRetries: 3, retryDelayMs: 10_000 }), [])
    await Promise.all([later.accepted, retried.accepted])
    await turns(20)
    expect(retried.status).toBe('retrying')
    await clock.advance(4000)
    const engine = await startOver(disk.kill(), { engine: { clock }, durable: { clock } })
    const ran: [string, number | undefined][] = []
    define(engine, 'later', () => void ran.push(['later', currentTask()?.attempt]))
    define(engine, 'retried', () => void ran.push(['retried', currentTask()?.attempt]))
    await turns()
    expect((await engine.find(later.taskId))?.status).toBe('scheduled')
    await clock.advance(5900)
    expect(ran).toEqual([])
    await clock.advance(200)
    await engine.drain()
    expect(new Map(ran)).toEqual(
      new Map([
        ['later', 1],
        ['retried', 2],
      ]),
    )
  })

  it('what expired meanwhile does not run', async () => {
    const clock = new VirtualClock()
    const disk = new MemoryDisk()
    const first = await startOver(disk, { engine: { clock }, durable: { clock } })
    await first.pause()
    const handle = first.submit(
      define(first, 'stale', () => 1, { expireAfterMs: 100 }),
      [],
    )
    await handle.accepted
    await clock.advance(90)
    const second = disk.kill()
    await clock.advance(50)
    const engine = await startOver(second, { engine: { clock }, durable: { clock } })
    let ran = false
    define(engine, 'stale', () => (ran = true), { expireAfterMs: 100 })
    await turns()
    await clock.advance(10)
    await engine.drain()
    expect([ran, (await engine.find(handle.taskId))?.status]).toEqual([false, 'expired'])
  })

  it('a unique key is still taken, also while its task waits on disk', async () => {
    let taskId = ''
    const disk = await killedWith((engine) => {
      const handle = engine.submit(
        define(engine, 'report', () => 1, { uniqueKey: 'today' }),
        [1],
      )
      taskId = handle.taskId
      return [handle]
    })
    const engine = await startOver(disk)
    const ran: number[] = []
    const call = define(engine, 'report', (n: number) => void ran.push(n), { uniqueKey: 'today' })
    const same = engine.submit(call, [2])
    expect(same.taskId).toBe(taskId)
    expect(() => engine.submit(vary(call, { onConflict: 'reject' }), [3])).toThrow(/today/)
    await same.wait()
    expect(ran).toEqual([1])
    const next = engine.submit(call, [4])
    expect(next.taskId).not.toBe(taskId)
    await next.wait()
    expect([...disk.entries.keys()].filter((key) => key.startsWith('u:'))).toEqual([])
  })

  it('more than the queue holds come in as there is room', async () => {
    const disk = await killedWith((engine) => {
      const call = define(engine, 'many', () => 1)
      return engine.submitMany(
        call,
        Array.from({ length: 3000 }, (_, n) => [n]),
      )
    })
    const engine = await startOver(disk, { engine: { queueSize: 50 } })
    const ran: number[] = []
    define(engine, 'many', (n: number) => void ran.push(n))
    await engine.drain()
    expect(ran).toEqual(Array.from({ length: 3000 }, (_, n) => n))
  })

  it('many that come due later are not held in memory, and run when they do', async () => {
    const clock = new VirtualClock()
    const disk = new MemoryDisk()
    const first = await startOver(disk, { engine: { clock }, durable: { clock } })
    const call = define(first, 'later', () => 1, { delayMs: 60_000 })
    const handles = first.submitMany(
      call,
      Array.from({ length: 2500 }, (_, n) => [n]),
    )
    await Promise.all(handles.map(({ accepted }) => accepted))
    const engine = await startOver(disk.kill(), { engine: { clock }, durable: { clock } })
    const ran = new Set<number>()
    define(engine, 'later', (n: number) => void ran.add(n))
    await turns(50)
    expect(engine.snapshot().scheduledTasks).toBeLessThanOrEqual(1000)
    await clock.advance(60_001)
    for (let n = 0; n < 50; n++) {
      await turns(20)
      await clock.advance(1)
    }
    await engine.drain()
    expect(ran.size).toBe(2500)
  })
})

describe('a task that was running when the process died', () => {
  it('counts that attempt, says so, and is a dead letter after maxRecoveries', async () => {
    const heard = warnings()
    let disk = await killedWith((engine) => [
      engine.submit(
        define(engine, 'poison', () => 1),
        ['args'],
      ),
    ])
    for (let time = 1; time <= 4; time++) {
      const died = await killedRunning(disk)
      expect(died.attempt).toBe(time)
      disk = died.disk
    }
    const engine = await startOver(disk)
    let ran = false
    define(engine, 'poison', () => (ran = true))
    await engine.drain()
    expect(ran).toBe(false)
    const letters = deadLettersOf(engine)
    const [letter] = letters.list()
    expect(letter).toMatchObject({ name: 'poison', reason: 'crashed', attempts: 4 })
    expect(letter?.message).toMatch(/was running 4 times when the process died/)
    expect(letters.inspect(letter?.id ?? '')?.task?.args).toEqual(['args'])
    const info = await engine.find(letter?.id ?? '')
    expect([info?.status, info?.recovered, info?.args]).toEqual(['failed', true, ['args']])
    expect((await engine.list({ status: 'failed' })).tasks).toHaveLength(1)
    await turns()
    expect(heard.join()).toMatch(/dead letters: task 'poison'/)
  })

  it('is marked as recovered when it runs to an end', async () => {
    const first = await killedWith((engine) => [
      engine.submit(
        define(engine, 'poison', () => 1),
        [],
      ),
    ])
    const { disk } = await killedRunning(first)
    const engine = await startOver(disk)
    const attempts: (number | undefined)[] = []
    define(engine, 'poison', () => void attempts.push(currentTask()?.attempt))
    await engine.drain()
    const [info] = (await engine.list()).tasks
    expect([attempts, info?.status, info?.recovered, info?.retries]).toEqual([[2], 'completed', true, 1])
  })

  it('can be submitted again from the dead letters, or removed', async () => {
    const first = await killedWith((engine) => {
      const call = define(engine, 'poison', () => 1)
      return [engine.submit(call, [1]), engine.submit(call, [2])]
    })
    const { disk } = await killedRunning(first, 0, 2)
    const engine = await startOver(disk, { durable: { maxRecoveries: 0 } })
    await turns(20)
    const letters = deadLettersOf(engine)
    const [one] = letters.list()
    await expect(letters.retry(one?.id ?? '')).rejects.toThrow(UnknownTaskError)
    define(engine, 'poison', (n: number) => n * 10)
    const handle = await letters.retry(one?.id ?? '')
    expect(await handle.wait()).toBe(10)
    expect((await engine.find(handle.taskId))?.retryOf).toBe(one?.id)
    await engine.drain()
    expect(letters.list()).toHaveLength(1)
    expect(letters.inspect('nobody')).toBeUndefined()
    await expect(letters.retry('nobody')).rejects.toThrow(/no dead letter with id "nobody"/)
    expect(await letters.purge('nobody')).toBe(0)
    expect(await letters.purge()).toBe(1)
    expect(letters.list()).toEqual([])
  })

  it('and was given up in order at shutdown is no crash', async () => {
    const first = await killedWith((engine) => [
      engine.submit(
        define(engine, 'poison', () => 1),
        [],
      ),
    ])
    const started = gate()
    const engine = await startOver(first, { durable: { maxRecoveries: 0 } })
    define(engine, 'poison', () => {
      started.open()
      return never()
    })
    await started.passed
    const report = await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
    expect([report.requeued, report.cancelled, report.abandoned.length]).toEqual([0, 0, 1])
    const later = await startOver(first.kill(), { durable: { maxRecoveries: 0 } })
    const attempts: (number | undefined)[] = []
    define(later, 'poison', () => void attempts.push(currentTask()?.attempt))
    await later.drain()
    expect([attempts, deadLettersOf(later).list()]).toEqual([[2], []])
  })
})

describe('what nobody here can run', () => {
  it('is kept, reported and listed, and runs once its name is defined', async () => {
    const heard = warnings()
    const disk = await killedWith((engine) => [
      engine.submit(
        define(engine, 'old.name', () => 1),
        [1],
      ),
    ])
    const engine = await startOver(disk)
    await engine.drain()
    await turns()
    expect(heard.join()).toMatch(/kept and not run, since no task of their name is defined here: 'old\.name' \(1\)/)
    const [info] = (await engine.list({ status: 'pending' })).tasks
    expect(info?.waitingFor).toMatch(/no task named 'old\.name' is defined/)
    const ran = gate<number>()
    define(engine, 'old.name', ran.open)
    expect(await ran.passed).toBe(1)
  })

  it('can be cancelled', async () => {
    const disk = await killedWith((engine) => [
      engine.submit(
        define(engine, 'old.name', () => 1),
        [],
      ),
    ])
    const engine = await startOver(disk)
    await turns(20)
    const [info] = (await engine.list()).tasks
    expect(await engine.cancel(info?.taskId ?? '')).toBe(true)
    expect(await engine.cancel(info?.taskId ?? '')).toBe(false)
    expect((await engine.list()).tasks).toEqual([])
  })

  it('and cannot be read is a dead letter; the others run', async () => {
    const disk = new MemoryDisk()
    const first = await startOver(disk)
    await first.pause()
    const noted = define(first, 'note', () => 1)
    // one after the other: tasks that are accepted together stand or fall together
    await first.submit(noted, [1]).accepted
    await first.submit(noted, [2]).accepted
    const left = disk.kill()
    const [damaged] = [...left.entries.keys()].filter((key) => key.startsWith('t:'))
    const bytes = left.entries.get(damaged ?? '')
    if (bytes !== undefined) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff
    const engine = await startOver(left)
    const ran: number[] = []
    define(engine, 'note', (n: number) => void ran.push(n))
    await engine.drain()
    const [letter] = deadLettersOf(engine).list()
    expect([ran, letter?.reason, letter?.name]).toEqual([[2], 'unreadable', null])
    expect(letter?.message).toMatch(/its checksum is wrong/)
    await expect(deadLettersOf(engine).retry(letter?.id ?? '')).rejects.toThrow(/cannot be submitted again/)
  })
})

describe('what is kept of tasks that have ended', () => {
  it('is found by a later process, errors with their class and code', async () => {
    const disk = new MemoryDisk()
    const first = await startOver(disk)
    const failing = (): never => {
      throw new RangeError('too far', { cause: 'wind' })
    }
    const good = first.submit(
      define(first, 'good', () => new Set([1]), { priority: TaskPriority.HIGH }),
      [],
    )
    const bad = first.submit(define(first, 'bad', failing), [])
    await first.drain()
    const later = await startOver(disk.kill())
    expect((await later.find(good.taskId))?.outcome).toEqual({ status: 'completed', value: new Set([1]) })
    const outcome = (await later.find(bad.taskId))?.outcome
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { name: 'RangeError', message: 'too far', cause: 'wind' },
    })
    expect((await later.list()).tasks.map(({ taskId }) => taskId)).toEqual([bad.taskId, good.taskId])
    define(later, 'bad', () => 'better now')
    const again = await later.retry(bad.taskId)
    expect(await again.wait()).toBe('better now')
    expect((await later.find(again.taskId))?.retryOf).toBe(bad.taskId)
    await expect(later.retry(good.taskId)).rejects.toThrow(/is completed/)
  })

  it('is bounded by age and by number, on disk too', async () => {
    const clock = new VirtualClock()
    const disk = new MemoryDisk()
    const engine = await startOver(disk, { engine: { clock }, durable: { clock, keepResults: 5 } })
    const call = define(engine, 'note', () => 1, { keepResultMs: 1000 })
    for (let n = 0; n < 20; n++) await engine.submit(call, [n]).wait()
    await turns()
    expect([...disk.entries.keys()].filter((key) => key.startsWith('e:'))).toHaveLength(5)
    expect((await engine.list()).tasks).toHaveLength(5)
    await clock.advance(1000)
    expect((await engine.list()).tasks).toEqual([])
    await clock.advance(1000)
    await turns()
    expect([...disk.entries.keys()].filter((key) => /^[tea]:/.test(key))).toEqual([])
  })

  it('pages go on where the one before ended', async () => {
    const disk = await killedWith((engine) => {
      const call = define(engine, 'note', () => 1)
      return Array.from({ length: 25 }, (_, n) => engine.submit(vary(call, { priority: (n % 4) as TaskPriority }), [n]))
    })
    const engine = await startOver(disk)
    const seen: unknown[] = []
    for (let cursor: string | undefined; ;) {
      const page = await engine.list({ limit: 10, ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...page.tasks.map(({ args }) => args[0]))
      cursor = page.nextCursor
      if (cursor === undefined) break
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => 24 - n))
  })
})
