// What a task carries to other processes: where it was submitted, as W3C Trace Context writes it, in its metadata.
import type { TaskCall, TaskEngine } from '@catzilla/engine'
import { isSpanContextValid } from '@opentelemetry/api'
import type { SpanContext } from '@opentelemetry/api'

const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/

/** Whether a task may run in another process than that which submitted it: elsewhere, or after this one has died. */
export function outlivesThis({ capabilities }: TaskEngine): boolean {
  return capabilities.distributed || capabilities.durable
}

/** The same call, with the context of its producer span; as it is where nothing is traced. */
export function carrying(call: TaskCall, from: SpanContext): TaskCall {
  if (!isSpanContextValid(from)) return call
  const flags = from.traceFlags.toString(16).padStart(2, '0')
  const metadata = { ...call.options.metadata, traceparent: `00-${from.traceId}-${from.spanId}-${flags}` }
  return Object.freeze({ ...call, options: Object.freeze({ ...call.options, metadata: Object.freeze(metadata) }) })
}

/** Where the task with this metadata was submitted; undefined where it does not say. */
export function carriedBy({ traceparent }: Readonly<Record<string, unknown>>): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const carried = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(carried) ? carried : undefined
}
