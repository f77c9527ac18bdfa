// What the engine and a child process tell each other. What comes from a child is checked before it is believed: tasks run
// there and may send what they like.
import type { AttemptFacts, AttemptReport } from '../inside/running.ts'
import type { TaskCode } from '../code/task-code.ts'
import type { PackedValue } from '../wire/process-payload.ts'
import type { PackedError } from '../wire/wire-error.ts'

/** How a child is to behave; the only argument of its command line, as JSON. */
export interface ChildOrders {
  /** The process it belongs to: without it, it ends. */
  readonly parent: number
  /** A descriptor that is closed when the thread it belongs to ends, which may be before the process does; null for none. */
  readonly lifeline: number | null
  /** How far it gives way to others. */
  readonly nice: number
  /** Whether the engine wants to know how large the heap is after each task. */
  readonly tellHeap: boolean
  /** Descriptor of the file by which large buffers go; null where there is none. */
  readonly carrier: number | null
  /** Every how many milliseconds a running task's memory is told; 0 where the engine can look for itself. */
  readonly tellMemoryMs: number
}

export interface RunMessage {
  readonly kind: 'run'
  /** Number of the attempt among all of this lane. */
  readonly serial: number
  /** Number of the code, and the code itself the first time. */
  readonly code: number
  readonly source?: TaskCode
  /** All codes sent so far are to be forgotten. */
  readonly forget?: true
  readonly facts: AttemptFacts
  readonly args: PackedValue
  /** The large buffers in the arguments are copied to where the child makes room for them. */
  readonly offered?: true
}

export type ToChild =
  | RunMessage
  | { readonly kind: 'abort'; readonly serial: number; readonly reason: PackedError }
  /** The offered buffers are where there was room, or go in `args`. */
  | { readonly kind: 'filled'; readonly serial: number; readonly args?: PackedValue }
  /** The buffers of a result were copied from where they are, or could not be: they are to be sent. */
  | { readonly kind: 'took'; readonly serial: number; readonly otherwise?: true }
  | { readonly kind: 'ping' }
  | { readonly kind: 'leave' }

/** Figures of the child at the end of an attempt. Bytes; `heap` is 0 when nobody wants to know. */
export interface EndFigures {
  /** How long the body took, in milliseconds. */
  readonly ranMs: number
  readonly rss: number
  readonly heap: number
}

export type FromChild =
  | { readonly kind: 'ready' }
  /** The attempt begins: its message has arrived. Bytes. */
  | { readonly kind: 'taken'; readonly serial: number; readonly rss: number }
  /** Its code had to be loaded first and is there now. Bytes. */
  | { readonly kind: 'loaded'; readonly serial: number; readonly rss: number }
  | { readonly kind: 'memory'; readonly serial: number; readonly rss: number }
  | { readonly kind: 'report'; readonly serial: number; readonly report: AttemptReport }
  /** Where there is room for the buffers that were offered; null: it cannot say. */
  | { readonly kind: 'room'; readonly serial: number; readonly at: readonly bigint[] | null }
  /** With `at` the large buffers stay there until they are taken. */
  | ({
      readonly kind: 'done'
      readonly serial: number
      readonly value: PackedValue
      readonly at?: readonly bigint[]
    } & EndFigures)
  | ({ readonly kind: 'failed'; readonly serial: number; readonly error: PackedError } & EndFigures)
  | { readonly kind: 'aborting'; readonly serial: number }
  | { readonly kind: 'pong' }
  /** An exception that nobody caught ends the process. */
  | { readonly kind: 'crash'; readonly error: PackedError }

type Check = (message: Readonly<Record<string, unknown>>) => boolean

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const hasRss: Check = ({ rss }) => isNumber(rss)
const hasFigures: Check = ({ ranMs, rss, heap }) => [ranMs, rss, heap].every(isNumber)

const checks: Readonly<Record<FromChild['kind'], Check>> = {
  ready: () => true,
  taken: hasRss,
  loaded: hasRss,
  memory: hasRss,
  report: ({ report }) => isReport(report),
  room: ({ at }) => at === null || areAddresses(at),
  done: (message) => isPacked(message['value']) && isWhere(message) && hasFigures(message),
  failed: (message) => isObject(message['error']) && hasFigures(message),
  aborting: () => true,
  pong: () => true,
  crash: ({ error }) => isObject(error),
}

/** A message of a child, or undefined when it is none of ours: a task may have used the channel for its own. */
export function readMessage(message: unknown): FromChild | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { kind } = message as { kind?: unknown }
  if (typeof kind !== 'string' || !Object.hasOwn(checks, kind)) return undefined
  return checks[kind as FromChild['kind']](message as Record<string, unknown>) ? (message as FromChild) : undefined
}

function isPacked(value: unknown): value is PackedValue {
  if (typeof value !== 'object' || value === null) return false
  const { bytes, carried } = value as Record<string, unknown>
  return (
    bytes instanceof Uint8Array &&
    Array.isArray(carried) &&
    carried.every((length) => Number.isSafeInteger(length) && length > 0)
  )
}

/** Any number of 64 bits will do: it is looked up in the memory of the child. */
function areAddresses(at: unknown): boolean {
  return Array.isArray(at) && at.every((each) => typeof each === 'bigint' && BigInt.asUintN(64, each) === each)
}

function isWhere({ at, value }: Readonly<Record<string, unknown>>): boolean {
  return at === undefined || (areAddresses(at) && (at as unknown[]).length === (value as PackedValue).carried.length)
}

function isReport(report: unknown): report is AttemptReport {
  if (typeof report !== 'object' || report === null) return false
  const { kind, ratio, message, fields } = report as Record<string, unknown>
  if (kind === 'heartbeat') return true
  if (kind === 'progress') return isRatio(ratio) && (message === undefined || typeof message === 'string')
  return kind === 'log' && typeof message === 'string' && (fields === undefined || isObject(fields))
}

function isRatio(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}
