// The figures of each second, and the last minutes of them for the charts. One poll for the whole page.
import { signal } from '@preact/signals'
import { ask } from '../server/request.ts'
import type { FlatStatistics, HealthReport, MonitorStatistics } from '../server/answers.ts'
import { repeat } from './polled.ts'

export interface Figures {
  /** Epoch milliseconds, of the server's clock. */
  readonly at: number
  readonly stats: MonitorStatistics
  readonly flat: FlatStatistics
  readonly health: HealthReport
  /** Nothing new is taken over HTTP. Missing where the server is older. */
  readonly draining?: boolean
}

/** Undefined before the first. */
export const figures = signal<Figures | undefined>(undefined)
/** Why there are none, or none newer. */
export const figuresError = signal<Error | undefined>(undefined)
/** The oldest first, up to five minutes. */
export const recent = signal<readonly Figures[]>([])

const EVERY_MS = 1000
const KEPT = 300

/** Begins to follow the figures, until the returned function is called. */
export function followFigures(): () => void {
  return repeat(
    EVERY_MS,
    load,
    (next) => {
      const before = figures.value
      figures.value = next
      figuresError.value = undefined
      // figures that count from 0 again are those of another process: what came before says nothing of it
      const restarted = before !== undefined && next.flat.uptimeSeconds < before.flat.uptimeSeconds
      recent.value = restarted ? [next] : [...recent.value.slice(1 - KEPT), next]
    },
    (error) => {
      figuresError.value = error
    },
  )
}

function load(until: AbortSignal): Promise<Figures> {
  return ask<Figures>('/live', {}, until)
}
