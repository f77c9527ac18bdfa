// Health from figures: an idle system is healthy, and each thing that is wrong is said in a sentence.
import { VirtualClock } from '@catzilla/engine/testing'
import { describe, expect, test } from 'vitest'
import { healthOf } from '../src/health.ts'
import type { HealthFigures } from '../src/health.ts'
import { resolveMonitorOptions } from '../src/options.ts'
import { callOf, engineNames, startEngine, watch } from './engines.ts'

const bounds = resolveMonitorOptions()
const nothing = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }

function ofClass(targetMs: number, oldestAgeMs = 0): HealthFigures['stats']['priorities'][0] {
  return { queued: 0, oldestAgeMs, wait: nothing, targetMs, breaches: 0 }
}

const idle: HealthFigures = {
  state: 'started',
  stats: { queuePressure: 0, paused: false, priorities: [ofClass(1), ofClass(10), ofClass(100), ofClass(1000)] },
  lastMinute: { submitted: 0, completed: 0, failed: 0, retried: 0 },
  eventLoop: { delayP99Ms: 0 },
}

test('an idle system is healthy', () => {
  expect(healthOf(idle, bounds)).toEqual({ live: true, ready: true, healthy: true, reasons: [] })
})

test.each([
  ['started not yet', { state: 'new' }, true, false, /has not been started/],
  ['shutting down', { state: 'stopping' }, true, false, /is shutting down/],
  ['shut down', { state: 'stopped' }, false, false, /has been shut down/],
  ['paused', { stats: { ...idle.stats, paused: true } }, true, false, /paused/],
  ['full', { stats: { ...idle.stats, queuePressure: 1 } }, true, false, /the queue is full/],
  ['nearly full', { stats: { ...idle.stats, queuePressure: 0.85 } }, true, true, /85\.0 % full, from 80\.0 %/],
  ['failing', { lastMinute: { ...idle.lastMinute, completed: 9, failed: 1 } }, true, true, /10\.0 % of tasks failed/],
  [
    'failing a little',
    { lastMinute: { ...idle.lastMinute, completed: 9894, failed: 106 } },
    true,
    true,
    /^1\.1 % of tasks failed .* more than 1\.0 %$/,
  ],
  [
    'failing by a hair too much',
    { lastMinute: { ...idle.lastMinute, completed: 9898, failed: 102 } },
    true,
    true,
    /^1\.02 % of tasks failed .* more than 1\.00 %$/,
  ],
  ['late', { eventLoop: { delayP99Ms: 64_807 } }, true, true, /event loop is 64\.8 s late .*, more than 1 s$/],
  ['late by a hair', { eventLoop: { delayP99Ms: 1012.4 } }, true, true, /event loop is 1\.01 s late .* than 1 s$/],
  [
    'starving',
    { stats: { ...idle.stats, priorities: [ofClass(1), ofClass(10), ofClass(100, 120_000), ofClass(1000)] } },
    true,
    true,
    /oldest normal task has waited for 120 s/,
  ],
] as const)('a system that is %s is not', (_, figures, live, ready, reason) => {
  const found = healthOf({ ...idle, ...figures }, bounds)
  expect(found).toMatchObject({ live, ready, healthy: false })
  expect(found.reasons).toHaveLength(1)
  expect(found.reasons[0]).toMatch(reason)
})

test('a delay below a second is told in milliseconds', () => {
  const late = healthOf(
    { ...idle, eventLoop: { delayP99Ms: 340.4 } },
    resolveMonitorOptions({ maxEventLoopDelayMs: 50 }),
  )
  expect(late.reasons).toEqual(['the event loop is 340 ms late (99th percentile), more than 50 ms'])
})

test('of an engine without a guard nothing is held against that', () => {
  expect(healthOf({ ...idle, state: undefined }, bounds).healthy).toBe(true)
})

test('a monitor of a running engine, and of one that was stopped', async () => {
  const engine = await startEngine('typescript')
  const monitor = watch(engine)
  expect(monitor.health().reasons).toEqual([])
  await engine.pause()
  expect(monitor.health()).toMatchObject({ ready: false, healthy: false })
})

describe.each(engineNames)('a batch that fails on the %s engine', (name) => {
  const fails = callOf('fails', () => {
    throw new Error('bad end')
  })
  const reasons = [expect.stringMatching(/^100\.0 % of tasks failed in the last minute/)]

  test.each(['before', 'after'] as const)('is not healthy, looked at first %s it', async (when) => {
    const engine = await startEngine(name)
    const early = when === 'before' ? watch(engine) : undefined
    const handles = engine.submitMany(
      fails,
      Array.from({ length: 20 }, () => []),
    )
    await Promise.allSettled(handles.map((handle) => handle.wait()))
    const health = (early ?? watch(engine)).health()
    expect(health).toMatchObject({ live: true, ready: true, healthy: false, reasons })
  })
})

test('what failed is forgotten a minute later', async () => {
  const clock = new VirtualClock()
  const engine = await startEngine('typescript', { clock })
  const failing = callOf('fails', () => Promise.reject(new Error('bad end')))
  await expect(engine.submit(failing, []).wait()).rejects.toThrow('bad end')
  await clock.advance(20_000)
  const monitor = watch(engine, { clock })
  expect(monitor.health().healthy).toBe(false)
  await clock.advance(110_000)
  expect(monitor.health()).toMatchObject({ healthy: true, reasons: [] })
  // one that looks now does not know when it was
  expect(watch(engine, { clock }).health().healthy).toBe(true)
})
