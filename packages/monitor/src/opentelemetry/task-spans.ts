// The spans of tasks that are on their way: where each was submitted, and the attempt that runs.
import type { EngineEvents } from '@catzilla/engine'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api'
import type { Context, Span, SpanContext, Tracer } from '@opentelemetry/api'
import { processAttributes, startAttributes } from './attributes.ts'

interface Attempt {
  readonly span: Span
  readonly number: number
}

export class TaskSpans {
  readonly #tracer: Tracer
  /** Where tasks that have not ended were submitted. */
  readonly #sent = new Map<string, SpanContext>()
  readonly #running = new Map<string, Attempt>()
  #isClosed = false

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  /** Nothing is traced any more. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  sent(taskId: string, from: SpanContext): void {
    if (!this.#isClosed) this.#sent.set(taskId, from)
  }

  isSent(taskId: string): boolean {
    return this.#sent.has(taskId)
  }

  forget(taskId: string): void {
    this.#sent.delete(taskId)
  }

  /** The context in which an attempt runs; its span begins now, unless it has begun. */
  begin(taskId: string, name: string, number: number, startTime?: number): Context {
    if (this.#isClosed) return context.active()
    const known = this.#running.get(taskId)
    if (known?.number === number) return trace.setSpan(this.#parentOf(taskId), known.span)
    // whatever it was, it is over: the attempt that follows has begun
    known?.span.end(startTime)
    const producer = this.#sent.get(taskId)
    const span = this.#tracer.startSpan(
      `process ${name}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: processAttributes(taskId, name, number),
        links: producer === undefined ? [] : [{ context: producer }],
        ...(startTime === undefined ? {} : { startTime }),
      },
      this.#parentOf(taskId),
    )
    this.#running.set(taskId, { span, number })
    return trace.setSpan(this.#parentOf(taskId), span)
  }

  started(event: EngineEvents['started']): void {
    this.begin(event.taskId, event.name, event.attempt, event.at)
    this.#running.get(event.taskId)?.span.setAttributes(startAttributes(event))
  }

  /** An attempt failed and another will follow. */
  retrying({ taskId, error, at, delayMs }: EngineEvents['retrying']): void {
    this.#running.get(taskId)?.span.setAttribute('catzilla.task.retry_delay', delayMs)
    this.#endAttempt(taskId, error, at)
  }

  ended(event: EngineEvents['completed' | 'failed' | 'cancelled' | 'expired']): void {
    this.#endAttempt(event.taskId, event.type === 'completed' ? undefined : event.error, event.at)
    this.forget(event.taskId)
  }

  /** Ends what is open: nobody will tell of it any more. */
  close(): void {
    this.#isClosed = true
    for (const { span } of this.#running.values()) span.end()
    this.#running.clear()
    this.#sent.clear()
  }

  #endAttempt(taskId: string, error: Error | undefined, at: number): void {
    const attempt = this.#running.get(taskId)
    if (attempt === undefined) return
    this.#running.delete(taskId)
    if (error !== undefined) recordError(attempt.span, error)
    attempt.span.end(at)
  }

  /** An attempt is a child of where its task was submitted, in whatever thread or process it runs. */
  #parentOf(taskId: string): Context {
    const producer = this.#sent.get(taskId)
    return producer === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, producer)
  }
}

export function recordError(span: Span, error: Error): void {
  span.recordException(error)
  span.setAttribute('error.type', error.name)
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
}
