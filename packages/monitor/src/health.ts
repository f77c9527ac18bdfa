// Whether the system is well, and each reason why not. A pure function of figures: an idle system is healthy.
import type { EngineState, EngineStatistics, EventLoopReport, HealthReport, Rates } from '@catzilla/engine'
import type { ResolvedMonitorOptions } from './options.ts'

export interface HealthFigures {
  /** Undefined where no guard tells. */
  readonly state: EngineState | undefined
  readonly stats: Pick<EngineStatistics, 'queuePressure' | 'paused' | 'priorities'>
  readonly lastMinute: Rates
  readonly eventLoop: Pick<EventLoopReport, 'delayP99Ms'>
}

type Bounds = Pick<ResolvedMonitorOptions, 'maxQueuePressure' | 'maxErrorRate' | 'maxEventLoopDelayMs'>

/** A class whose oldest task has waited for so many times its target is not served. */
const STARVED_TARGETS = 1000
/** No class is called starved before that. */
const STARVED_MS = 60_000

const classNames = ['critical', 'high', 'normal', 'low'] as const

export function healthOf(figures: HealthFigures, bounds: Bounds): HealthReport {
  const notReady = reasonsNotReady(figures)
  const reasons = [...notReady, ...reasonsNotHealthy(figures, bounds)]
  // whoever gets an answer from this process knows that it lives; a stopped engine does not come back
  const live = figures.state !== 'stopped'
  return { live, ready: live && notReady.length === 0, healthy: live && reasons.length === 0, reasons }
}

function reasonsNotReady({ state, stats }: HealthFigures): string[] {
  const reasons: string[] = []
  if (state === 'new') reasons.push('the engine has not been started')
  if (state === 'stopping') reasons.push('the engine is shutting down and takes no more tasks')
  if (state === 'stopped') reasons.push('the engine has been shut down')
  if (stats.paused) reasons.push('all tasks are paused')
  if (stats.queuePressure >= 1) reasons.push('the queue is full: submissions are refused')
  return reasons
}

function reasonsNotHealthy({ stats, lastMinute, eventLoop }: HealthFigures, bounds: Bounds): string[] {
  const reasons: string[] = []
  const { queuePressure, priorities } = stats
  if (queuePressure >= bounds.maxQueuePressure && queuePressure < 1) {
    reasons.push(`the queue is ${percent(queuePressure)} full, from ${percent(bounds.maxQueuePressure)} on is too much`)
  }
  const ended = lastMinute.completed + lastMinute.failed
  const errorRate = ended === 0 ? 0 : lastMinute.failed / ended
  if (errorRate > bounds.maxErrorRate) {
    const [failed, most] = apart(percent, errorRate, bounds.maxErrorRate)
    reasons.push(`${failed} of tasks failed in the last minute, more than ${most}`)
  }
  for (const [index, { oldestAgeMs, targetMs }] of priorities.entries()) {
    if (oldestAgeMs <= Math.max(STARVED_MS, targetMs * STARVED_TARGETS)) continue
    reasons.push(`the oldest ${classNames[index]} task has waited for ${Math.round(oldestAgeMs / 1000)} s`)
  }
  if (eventLoop.delayP99Ms > bounds.maxEventLoopDelayMs) {
    const [late, most] = apart(duration, eventLoop.delayP99Ms, bounds.maxEventLoopDelayMs)
    reasons.push(`the event loop is ${late} late (99th percentile), more than ${most}`)
  }
  return reasons
}

/** Two figures with as many digits as it takes to tell them apart. */
function apart(write: (figure: number, digits: number) => string, one: number, other: number): [string, string] {
  for (let digits = 1; digits < 4; digits++) {
    const [first, second] = [write(one, digits), write(other, digits)]
    if (first !== second) return [first, second]
  }
  return [write(one, 4), write(other, 4)]
}

function percent(ratio: number, digits = 1): string {
  return `${(ratio * 100).toFixed(digits)} %`
}

/** 340 ms, 64.8 s */
function duration(ms: number, digits: number): string {
  return ms < 1000 ? `${Number(ms.toFixed(digits - 1))} ms` : `${Number((ms / 1000).toFixed(digits))} s`
}
