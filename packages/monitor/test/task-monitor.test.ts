// The monitor over time: rates, the sliding window, workers, and scaling of a real engine.
import { VirtualClock } from '@catzilla/engine/testing'
import type { EngineEvents } from '@catzilla/engine'
import { AutoScaler, TaskMonitor } from '@catzilla/monitor'
import type { LiveSample } from '@catzilla/monitor'
import { HeldBody } from '@catzilla/test-kit/gate'
import { describe, expect, test } from 'vitest'
import { callOf, engineNames, nativeMissing, startEngine, watch } from './engines.ts'

const quick = callOf('quick', () => 1)

test('rates are those of the last second and the last minute', async () => {
  const clock = new VirtualClock()
  const engine = await startEngine('typescript', { clock })
  const monitor = watch(engine, { clock })
  for (let second = 0; second < 120; second++) {
    await Promise.all([1, 2, 3].map(() => engine.submit(quick, []).wait()))
    await clock.advance(1000)
  }
  expect(monitor.getStats().rates.lastMinute.completed).toBeCloseTo(3, 1)
  expect(monitor.getStats().rates.lastSecond.completed).toBeCloseTo(3, 1)
  await clock.advance(30_000)
  expect(monitor.getStats().rates.lastSecond).toEqual({ submitted: 0, completed: 0, failed: 0, retried: 0 })
  expect(monitor.getStats().rates.lastMinute.completed).toBeCloseTo(1.5, 1)
})

test('the sliding window forgets what is older', async () => {
  const clock = new VirtualClock()
  const engine = await startEngine('typescript', { clock })
  const monitor = watch(engine, { clock, windowMs: 12_000 })
  const waits = async (ms: number): Promise<void> => {
    await engine.pause()
    const handle = engine.submit(quick, [])
    await clock.advance(ms)
    await engine.resume()
    await handle.wait()
  }
  await waits(5000)
  expect(monitor.getStats().priorities.normal.recentWait).toMatchObject({ count: 1, maxMs: 5000 })
  await clock.advance(20_000)
  await waits(100)
  const { priorities, lanes, names } = monitor.getStats()
  const { wait: total, recentWait: recent, execution } = priorities.normal
  for (const wait of [{ total, recent }, lanes.inline?.wait, names['quick']?.wait]) {
    expect([wait?.total.count, wait?.total.maxMs, wait?.recent.count]).toEqual([2, 5000, 1])
    expect(Math.abs((wait?.recent.maxMs ?? 0) - 100)).toBeLessThan(1)
  }
  for (const run of [execution, lanes.inline?.execution, names['quick']?.execution]) {
    expect([run?.total.count, run?.recent.count]).toEqual([2, 1])
  }
})

test('each class tells the age of its oldest task and what started later than its target', async () => {
  const clock = new VirtualClock()
  const engine = await startEngine('typescript', { clock })
  const monitor = watch(engine, { clock })
  await engine.pause()
  const classes = ['critical', 'high', 'normal', 'low'] as const
  const handles = []
  for (const priority of classes) {
    handles.push(
      engine.submit(
        callOf('late', () => 1, { priority }),
        [],
      ),
    )
    await clock.advance(20)
  }
  const told = (field: 'oldestAgeMs' | 'breaches'): number[] => {
    const { priorities } = monitor.getStats()
    return classes.map((priority) => priorities[priority][field])
  }
  expect([told('oldestAgeMs'), told('breaches')]).toEqual([
    [80, 60, 40, 20],
    [0, 0, 0, 0],
  ])
  await engine.resume()
  await Promise.all(handles.map((handle) => handle.wait()))
  expect([told('oldestAgeMs'), told('breaches')]).toEqual([
    [0, 0, 0, 0],
    [1, 1, 0, 0],
  ])
})

test('a body that holds the event loop up shows in its delay and its use', async () => {
  const engine = await startEngine('typescript')
  const monitor = watch(engine)
  const holding = (ms: number): void => {
    for (const until = performance.now() + ms; performance.now() < until;) continue
  }
  // the clock that Node measures by has to have ticked once before
  const seen = async (): Promise<number> => {
    await engine.submit(callOf('holding', holding), [200]).wait()
    return monitor.getStats().eventLoop.delayMaxMs
  }
  await expect.poll(seen, { timeout: 10_000 }).toBeGreaterThan(100)
  const { delayP50Ms, delayP99Ms, delayMaxMs, utilization } = monitor.getStats().eventLoop
  expect(delayP50Ms).toBeLessThanOrEqual(delayP99Ms)
  expect(delayP99Ms).toBeLessThanOrEqual(delayMaxMs)
  expect(utilization).toBeGreaterThan(0)
  expect(utilization).toBeLessThanOrEqual(1)
})

test('whoever watches gets the figures of each second, made once for all', async () => {
  const clock = new VirtualClock()
  const engine = await startEngine('typescript', { clock })
  const monitor = watch(engine, { clock })
  const [one, other]: LiveSample[][] = [[], []]
  const stop = monitor.watch((sample) => one?.push(sample))
  monitor.watch((sample) => other?.push(sample))
  await clock.advance(2000)
  stop()
  await clock.advance(1000)
  expect([one?.length, other?.length]).toEqual([2, 3])
  expect(other?.[0]).toBe(one?.[0])
  expect(one?.[1]).toMatchObject({ at: clock.epochMs() - 1000, health: { healthy: true }, stats: { system: {} } })
})

describe.each(engineNames)('workers of the %s engine', (name) => {
  test('are told with what they run, the idle ones behind', async () => {
    const engine = await startEngine(name, { inlineConcurrency: 3 })
    const monitor = watch(engine)
    const held = new HeldBody()
    const handle = engine.submit(callOf('held', held.run), [])
    await held.begun
    const inline = (await monitor.getWorkerDetails()).filter(({ lane }) => lane === 'inline')
    expect(inline).toEqual([
      {
        lane: 'inline',
        state: 'busy',
        workerId: null,
        task: { taskId: handle.taskId, name: 'held', attempt: 1, runningMs: expect.any(Number) },
      },
      { lane: 'inline', state: 'idle', workerId: null, task: null },
      { lane: 'inline', state: 'idle', workerId: null, task: null },
    ])
    held.release()
    await handle.wait()
  })
})

test('the worker of a thread has a number', async () => {
  const engine = await startEngine('typescript', { maxThreads: 1 })
  const monitor = watch(engine)
  const started = new Promise<EngineEvents['started']>((resolve) => engine.subscribe(['started'], resolve))
  const handle = engine.submit(
    callOf('threaded', () => new Promise(() => {}), { lane: 'thread', timeoutMs: Infinity }),
    [],
  )
  await started
  const [worker] = await monitor.getWorkerDetails()
  expect(worker).toMatchObject({ lane: 'thread', state: 'busy', task: { taskId: handle.taskId } })
  expect(worker?.workerId).toBeTypeOf('number')
  handle.cancel()
})

test('the memory of a lane is told where it is measured', async () => {
  const engine = await startEngine('typescript', { maxProcesses: 1 })
  const monitor = watch(engine)
  const memory = (): (number | undefined)[] => Object.values(monitor.getStats().lanes).map(({ memoryMb }) => memoryMb)
  expect(memory()).toEqual([expect.any(Number), 0, 0])
  await engine
    .submit(
      callOf('apart', () => 1, { lane: 'process' }),
      [],
    )
    .wait()
  expect(monitor.getStats().lanes.process?.memoryMb).toBeGreaterThan(1)
})

describe('scaling', () => {
  test('an engine without workers to scale says so', async () => {
    const engine = await startEngine('typescript')
    const monitor = watch(engine)
    await expect(monitor.optimizeWorkers()).rejects.toMatchObject({ code: 'ERR_CATZILLA_UNSUPPORTED_BY_ENGINE' })
    expect(() => new AutoScaler(engine, monitor).enableAutoScaling()).toThrow(/no workers to scale/)
    expect(monitor.autoScaling).toBe(false)
  })

  test.skipIf(nativeMissing !== undefined)(
    'an engine under pressure gets workers, with an event, a record and the figures',
    async () => {
      const engine = await startEngine('native', { workers: 1, minWorkers: 1, maxWorkers: 4, queueSize: 20 })
      const monitor = watch(engine)
      const scaled: EngineEvents['scaled'][] = []
      engine.subscribe(['scaled'], (event) => scaled.push(event))
      const spin = { ...callOf('spin', () => 0, { lane: 'native', timeoutMs: Infinity }), kernel: { name: 'spin' } }
      const handles = Array.from({ length: 19 }, () => engine.submit(spin, [600_000_000]))
      monitor.enableAutoScaling({ cpuCount: 3 })
      const decision = await monitor.optimizeWorkers()
      expect(decision).toMatchObject({ action: 'up', from: 1, to: 2, figures: { queued: expect.any(Number) } })
      expect(decision.figures.queuePressure).toBeGreaterThanOrEqual(0.8)
      expect(engine.snapshot().totalWorkers).toBe(2)
      expect(monitor.scalingDecisions).toEqual([decision])
      await new Promise((resolve) => setImmediate(resolve))
      expect(scaled).toMatchObject([{ what: 'workers', from: 1, to: 2, reason: `auto-scaling: ${decision.reason}` }])
      expect(monitor.getStats().system.autoScaling).toBe(true)
      for (const handle of handles) handle.cancel()
    },
  )

  test.skipIf(nativeMissing !== undefined)(
    'an idle engine is brought back to its fewest workers, by itself',
    async () => {
      const clock = new VirtualClock()
      const engine = await startEngine('native', { workers: 4, minWorkers: 1, maxWorkers: 8 })
      const monitor = watch(engine, { clock })
      const down = new Promise((resolve) => monitor.onScaling(({ to }) => to === 1 && resolve(to)))
      new AutoScaler(engine, monitor).enableAutoScaling({ cooldownSeconds: 5 })
      for (let second = 0; second < 60; second++) await clock.advance(1000)
      expect(await down).toBe(1)
      expect(monitor.scalingDecisions.map(({ from, to }) => [from, to])).toEqual([
        [4, 2],
        [2, 1],
      ])
      monitor.close()
      expect(monitor.autoScaling).toBe(false)
      expect(clock.pendingAlarms).toBe(0)
    },
  )

  test('a monitor of another engine is refused', async () => {
    const monitor = watch(await startEngine('typescript'))
    const other = await startEngine('typescript')
    expect(() => new AutoScaler(other, monitor)).toThrow(/watches another engine/)
  })
})

test('after close nothing is left running', async () => {
  const clock = new VirtualClock()
  const engine = await startEngine('typescript', { clock })
  const before = clock.pendingAlarms
  const monitor = new TaskMonitor(engine, { clock })
  monitor.close()
  monitor.close()
  expect(clock.pendingAlarms).toBe(before)
  expect(monitor.getStats().system.autoScaling).toBe(false)
})

test.each([[{ windowMs: 10 }], [{ maxErrorRate: 2 }], [{ other: 1 }]])(
  'options are checked: %o',
  async (options: object) => {
    const engine = await startEngine('typescript')
    expect(() => new TaskMonitor(engine, options)).toThrow(/TaskMonitor: /)
  },
)
