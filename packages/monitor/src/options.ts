// Options of a monitor and of its auto-scaler: one row for each, which checks it and tells its default.
import type { Clock } from '@catzilla/engine'
import { availableParallelism } from 'node:os'
import { inspect } from 'node:util'
import { processClock } from './clock.ts'
import { configurationError } from './errors.ts'

export interface MonitorOptions {
  /** Milliseconds of the sliding window of recent figures: 60000. */
  readonly windowMs?: number
  /** Queue pressure, 0..1, from which on the system is not healthy: 0.8. */
  readonly maxQueuePressure?: number
  /** Share of tasks, 0..1, that may fail in the last minute: 0.01. */
  readonly maxErrorRate?: number
  /** 99th percentile, in milliseconds, of how late the event loop may be: 1000. */
  readonly maxEventLoopDelayMs?: number
  /** Source of time; a virtual one in tests. */
  readonly clock?: Clock
}

export type ResolvedMonitorOptions = Required<MonitorOptions>

export interface ScalingOptions {
  /** Queue pressure from which on workers are added: 0.8. */
  readonly scaleUpThreshold?: number
  /** Utilisation of workers up to which some are taken away: 0.2. */
  readonly scaleDownThreshold?: number
  /** How many times as many, or as few, in one step: 1.5. */
  readonly scaleFactor?: number
  /** Seconds without another change after a change: 30. */
  readonly cooldownSeconds?: number
  /** Fewest and most workers; those of the engine unless they are narrower here. */
  readonly minWorkers?: number
  readonly maxWorkers?: number
  /** Workers that a lane bound to processors has use for: the number of processors. */
  readonly cpuCount?: number
  /** Milliseconds between two looks at the load: 1000. */
  readonly intervalMs?: number
}

export type ResolvedScalingOptions = Required<ScalingOptions>

interface Row {
  readonly accepts: string
  readonly check: (value: number) => boolean
}

const ratio: Row = { accepts: 'a number 0..1', check: (value) => value >= 0 && value <= 1 }
const positive: Row = { accepts: 'a number > 0', check: (value) => value > 0 && value < Infinity }
const count: Row = { accepts: 'an integer ≥ 1', check: (value) => Number.isInteger(value) && value >= 1 }

const monitorRows: Readonly<Record<string, Row>> = {
  windowMs: { accepts: 'a number of milliseconds ≥ 1000', check: (value) => value >= 1000 && value < Infinity },
  maxQueuePressure: positive,
  maxErrorRate: ratio,
  maxEventLoopDelayMs: positive,
}

const scalingRows: Readonly<Record<string, Row>> = {
  scaleUpThreshold: { accepts: 'a number > 0 and ≤ 1', check: (value) => value > 0 && value <= 1 },
  scaleDownThreshold: { accepts: 'a number ≥ 0 and < 1', check: (value) => value >= 0 && value < 1 },
  scaleFactor: { accepts: 'a number > 1', check: (value) => value > 1 && value < Infinity },
  cooldownSeconds: { accepts: 'a number of seconds ≥ 0', check: (value) => value >= 0 && value < Infinity },
  minWorkers: count,
  maxWorkers: count,
  cpuCount: count,
  intervalMs: { accepts: 'a number of milliseconds ≥ 10', check: (value) => value >= 10 && value < Infinity },
}

/** @throws ConfigurationError naming the option, the value it got and what it accepts */
export function resolveMonitorOptions(asked: MonitorOptions = {}): ResolvedMonitorOptions {
  const { clock = processClock, ...figures } = asked
  check(monitorRows, figures, 'TaskMonitor')
  const { windowMs = 60_000, maxQueuePressure = 0.8, maxErrorRate = 0.01, maxEventLoopDelayMs = 1000 } = asked
  return { windowMs, maxQueuePressure, maxErrorRate, maxEventLoopDelayMs, clock }
}

/** @throws ConfigurationError, also for thresholds that contradict each other */
export function resolveScalingOptions(asked: ScalingOptions = {}): ResolvedScalingOptions {
  check(scalingRows, asked, 'enableAutoScaling')
  const { scaleUpThreshold = 0.8, scaleDownThreshold = 0.2, minWorkers = 1, maxWorkers = Infinity } = asked
  if (scaleDownThreshold >= scaleUpThreshold) {
    throw configurationError(
      `enableAutoScaling: scaleDownThreshold must be below scaleUpThreshold, got ${scaleDownThreshold} and ${scaleUpThreshold}`,
    )
  }
  if (minWorkers > maxWorkers) {
    throw configurationError(`enableAutoScaling: minWorkers ≤ maxWorkers must hold, got ${minWorkers}, ${maxWorkers}`)
  }
  const { scaleFactor = 1.5, cooldownSeconds = 30, cpuCount = availableParallelism(), intervalMs = 1000 } = asked
  return {
    scaleUpThreshold,
    scaleDownThreshold,
    scaleFactor,
    cooldownSeconds,
    minWorkers,
    maxWorkers,
    cpuCount,
    intervalMs,
  }
}

function check(rows: Readonly<Record<string, Row>>, given: object, what: string): void {
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined
    if (row === undefined) {
      throw configurationError(`${what}: there is no option ${name}; known are ${Object.keys(rows).join(', ')}`)
    }
    if (value !== undefined && !(typeof value === 'number' && row.check(value))) {
      throw configurationError(`${what}: ${name} accepts ${row.accepts}, got ${inspect(value)}`)
    }
  }
}
