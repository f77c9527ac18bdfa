// How late the event loop is, and how busy. Node's histogram knows no sliding window: two halves of one take turns.
import type { EventLoopReport } from '@catzilla/engine'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { EventLoopUtilization, IntervalHistogram } from 'node:perf_hooks'

/** Milliseconds between two looks; what Node measures contains them. */
const RESOLUTION_MS = 20
const NS_PER_MS = 1_000_000

interface Delays {
  readonly p50: number
  readonly p99: number
  readonly most: number
}

const none: Delays = { p50: 0, p99: 0, most: 0 }

export class EventLoop {
  readonly #halfMs: number
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  #before: Delays = none
  #turnedAt: number
  #uses: readonly [EventLoopUtilization, EventLoopUtilization]

  constructor(windowMs: number, now: number) {
    this.#halfMs = windowMs / 2
    this.#turnedAt = now
    const used = performance.eventLoopUtilization()
    this.#uses = [used, used]
    this.#histogram.enable()
  }

  /** To be called now and then: begins the next half when this one is over. */
  turn(now: number): void {
    if (now - this.#turnedAt < this.#halfMs) return
    this.#turnedAt = now
    this.#before = delaysIn(this.#histogram)
    this.#histogram.reset()
    this.#uses = [this.#uses[1], performance.eventLoopUtilization()]
  }

  report(): EventLoopReport {
    const present = delaysIn(this.#histogram)
    return {
      delayP50Ms: Math.max(present.p50, this.#before.p50),
      delayP99Ms: Math.max(present.p99, this.#before.p99),
      delayMaxMs: Math.max(present.most, this.#before.most),
      utilization: performance.eventLoopUtilization(this.#uses[0]).utilization,
    }
  }

  close(): void {
    this.#histogram.disable()
  }
}

function delaysIn(histogram: IntervalHistogram): Delays {
  if (histogram.count === 0) return none
  const late = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS)
  return { p50: late(histogram.percentile(50)), p99: late(histogram.percentile(99)), most: late(histogram.max) }
}
