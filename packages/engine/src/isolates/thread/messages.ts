// What this thread and an isolate say to each other besides the shared memory: rare things, and payloads too large for it.
import type { MessagePort } from 'node:worker_threads'
import type { TaskCode } from '../code/task-code.ts'
import type { AttemptReport } from '../inside/running.ts'

/** What an isolate is started with. */
export interface ThreadStart {
  readonly memory: SharedArrayBuffer
  readonly isolates: number
  /** Its own number. */
  readonly isolate: number
  readonly port: MessagePort
  /** Codes there are, by number. */
  readonly codes: ReadonlyMap<number, TaskCode>
  /** Whether modules are to be loaded before the first task: not when that has ended a thread. */
  readonly warm: boolean
  /** How far it gives way to others. */
  readonly nice: number
  /** By which the other side is woken; 0: it has none. */
  readonly bell: number
  /** Begins every task's id. */
  readonly idPrefix: string
  /** `clockOrigin()` of the other side. */
  readonly originMs: number
}

export type ToIsolate =
  | { readonly kind: 'code'; readonly index: number; readonly code: TaskCode }
  /** Codes with these numbers are not needed any more. */
  | { readonly kind: 'forget'; readonly indexes: readonly number[] }
  /** The arguments of the task in a slot; its memory is to be its own where it is on a snapshot. */
  | {
      readonly kind: 'payload'
      readonly slot: number
      readonly value: unknown
      readonly snapshots: SharedArrayBuffer[]
    }
  /** The attempt in a slot is given up. */
  | { readonly kind: 'abort'; readonly slot: number; readonly attempt: number; readonly reason: unknown }

export type FromIsolate =
  | { readonly kind: 'ready' }
  /** The end of the attempt in a slot: a result, or a packed error. */
  | { readonly kind: 'end'; readonly slot: number; readonly value: unknown }
  | { readonly kind: 'report'; readonly slot: number; readonly attempt: number; readonly report: AttemptReport }

/** Whether a message that came from a thread is one of those it sends. */
export function isFromIsolate(message: unknown): message is FromIsolate {
  if (typeof message !== 'object' || message === null) return false
  const { kind, slot, attempt, report } = message as Record<string, unknown>
  if (kind === 'ready') return true
  if (kind === 'end') return typeof slot === 'number'
  return kind === 'report' && typeof slot === 'number' && typeof attempt === 'number' && isReport(report)
}

function isReport(report: unknown): report is AttemptReport {
  if (typeof report !== 'object' || report === null) return false
  const { kind, ratio, message, fields } = report as Record<string, unknown>
  const hasText = message === undefined || typeof message === 'string'
  if (kind === 'progress') return typeof ratio === 'number' && ratio >= 0 && ratio <= 1 && hasText
  if (kind === 'log') return typeof message === 'string' && (fields === undefined || typeof fields === 'object')
  return kind === 'heartbeat'
}

/** Readings of which the best is taken: the first ones of a thread take long. */
const READINGS = 8

/**
 * What `process.hrtime()`, the same clock in all threads, showed in milliseconds when `performance.now()` of this thread was
 * 0: with that, times of one thread become times of another.
 */
export function clockOrigin(): number {
  let [origin, least] = [0, Infinity]
  for (let reading = 0; reading < READINGS; reading++) {
    const before = hrtimeMs()
    const now = performance.now()
    const took = hrtimeMs() - before
    if (took < least) [origin, least] = [before + took / 2 - now, took]
  }
  return origin
}

function hrtimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
