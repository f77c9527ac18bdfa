// Single decisions: why workers are added, taken away, or left as they are.
import { expect, test } from 'vitest'
import { resolveScalingOptions } from '../src/options.ts'
import { decide, freshState } from '../src/scaling/decide.ts'
import type { LoadSample, ScalingState } from '../src/scaling/decide.ts'

const terms = resolveScalingOptions({ cpuCount: 16 })
const idle: LoadSample = {
  now: 0,
  at: 1000,
  workers: 4,
  paused: false,
  active: 0,
  queued: 0,
  queuePressure: 0,
  breachRatio: 0,
  utilization: 0,
  least: 2,
  most: 16,
}
const pressed: LoadSample = { ...idle, active: 4, queued: 900, queuePressure: 0.9, utilization: 1 }
const settled: ScalingState = { ...freshState, wantedUp: 10, wantedDown: 10 }

test('a full queue wants half as many again', () => {
  const { decision, state } = decide({ ...freshState, wantedUp: 1 }, pressed, terms)
  expect(decision).toMatchObject({ action: 'up', from: 4, to: 6, reason: 'the queue is 90 % full' })
  expect(state).toEqual({ changedAt: 0, wantedUp: 0, wantedDown: 0 })
})

test('one look alone changes nothing', () => {
  expect(decide(freshState, pressed, terms).decision.action).toBe('stay')
  expect(decide(freshState, idle, terms).decision.action).toBe('stay')
})

test('whoever asks gets a decision at once, also within the cooldown', () => {
  const recently = { ...freshState, changedAt: -1000 }
  expect(decide(recently, pressed, terms, true).decision.action).toBe('up')
  expect(decide({ ...recently, wantedUp: 9 }, pressed, terms).decision).toMatchObject({
    action: 'stay',
    reason: 'the last change was less than 30 s ago',
  })
})

test('busy workers want more only when tasks wait too long or in number', () => {
  const busy = { ...idle, active: 4, utilization: 0.95 }
  expect(decide(settled, { ...busy, queued: 2 }, terms).decision.action).toBe('stay')
  expect(decide(settled, { ...busy, queued: 5 }, terms).decision.reason).toBe('workers are 95 % busy and 5 tasks wait')
  expect(decide(settled, { ...busy, queued: 2, breachRatio: 0.5 }, terms).decision.reason).toBe(
    'workers are 95 % busy and 50 % of starts were later than their target',
  )
})

test('while all tasks are paused nothing changes: more workers would be idle too', () => {
  const { decision, state } = decide(settled, { ...pressed, active: 0, paused: true }, terms, true)
  expect(decision).toMatchObject({ action: 'stay', reason: 'all tasks are paused' })
  expect(state).toMatchObject({ wantedUp: 0, wantedDown: 0 })
})

test('no more are added than there is something to do for', () => {
  const few = { ...pressed, workers: 10, active: 10, queued: 1, queuePressure: 0.9 }
  expect(decide(settled, few, terms).decision.to).toBe(11)
})

test('with little to do a third is taken away, never below the fewest', () => {
  expect(decide(settled, { ...idle, workers: 9 }, terms).decision).toMatchObject({ action: 'down', to: 6 })
  expect(decide(settled, { ...idle, workers: 3 }, terms).decision.to).toBe(2)
  expect(decide(settled, { ...idle, workers: 2 }, terms).decision).toMatchObject({ action: 'stay', to: 2 })
})

test('never so many are taken away that they would be wanted back', () => {
  const steep = resolveScalingOptions({ cpuCount: 64, scaleFactor: 10 })
  const sample = { ...idle, workers: 40, active: 8, utilization: 0.2, most: 64 }
  expect(decide(settled, sample, steep).decision.to).toBe(16)
})

test.each([
  [{ scaleUpThreshold: 0 }, /scaleUpThreshold accepts a number > 0 and ≤ 1, got 0/],
  [{ scaleDownThreshold: 1 }, /scaleDownThreshold accepts/],
  [{ scaleFactor: 1 }, /scaleFactor accepts a number > 1/],
  [{ cooldownSeconds: -1 }, /cooldownSeconds accepts/],
  [{ scaleUpThreshold: 0.2, scaleDownThreshold: 0.3 }, /scaleDownThreshold must be below/],
  [{ minWorkers: 3, maxWorkers: 2 }, /minWorkers ≤ maxWorkers/],
  [{ minWorkers: 'x' as unknown as number }, /minWorkers accepts an integer ≥ 1, got 'x'/],
  [{ speed: 1 }, /there is no option speed; known are/],
])('options are checked: %o', (options: object, message) => {
  const code = 'ERR_CATZILLA_CONFIGURATION'
  const wanted = { name: 'ConfigurationError', code, message: expect.stringMatching(message) }
  expect(() => resolveScalingOptions(options)).toThrow(expect.objectContaining(wanted))
})
