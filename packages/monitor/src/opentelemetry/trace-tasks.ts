// Traces of tasks through the API of OpenTelemetry: a producer span where a task is submitted, a consumer span for each attempt.
import type {
  EngineEvents,
  TaskCall,
  TaskContext,
  TaskDefinition,
  TaskEngine,
  TaskHandle,
  TaskHandler,
} from '@catzilla/engine'
import { SpanKind, context, trace } from '@opentelemetry/api'
import type { Span, TracerProvider } from '@opentelemetry/api'
import { Arrivals } from './arrivals.ts'
import { sendAttributes } from './attributes.ts'
import { carrying, outlivesThis } from './carrier.ts'
import { TaskSpans, recordError } from './task-spans.ts'

export interface TraceOptions {
  /** The one that is registered globally, by default. */
  readonly tracerProvider?: TracerProvider
  /**
   * `currentTask` of `@catzilla/api`. With it, bodies of the inline lane that are defined from now on, or brought along, run inside
   * of the span of their attempt, so that their own spans become its children. They are not compiled to C then.
   */
  readonly currentTask?: () => TaskContext | undefined
}

const TRACER = '@catzilla/monitor'
const ends = ['completed', 'failed', 'cancelled', 'expired'] as const

/**
 * Traces the tasks of an engine until the returned function is called. To be called before tasks are defined.
 * @example
 * const stop = traceTasks(tasks.engine, { currentTask })
 */
export function traceTasks(engine: TaskEngine, { tracerProvider = trace, currentTask }: TraceOptions = {}): () => void {
  const tracer = tracerProvider.getTracer(TRACER)
  const spans = new TaskSpans(tracer)
  const arrivals = new Arrivals(engine, spans)
  const wrap = wrapper(spans, arrivals, currentTask)
  const submit = engine.submit.bind(engine)
  const submitMany = engine.submitMany.bind(engine)
  const register = engine.register.bind(engine)
  const sending = <T>(
    call: TaskCall,
    count: number | undefined,
    send: (call: TaskCall) => T,
    idsOf: (sent: T) => readonly string[],
  ): T => {
    const span = tracer.startSpan(`send ${call.name}`, {
      kind: SpanKind.PRODUCER,
      attributes: sendAttributes(call, undefined, count),
    })
    return endAfter(span, () => {
      const wrapped = wrap.call(call)
      // only where another process may run it: each call that carries something is one of its own to the engine
      const sent = send(outlivesThis(engine) ? carrying(wrapped, span.spanContext()) : wrapped)
      const ids = idsOf(sent)
      for (const taskId of ids) spans.sent(taskId, span.spanContext())
      if (count === undefined && ids[0] !== undefined) span.setAttribute('messaging.message.id', ids[0])
      return sent
    })
  }
  const submitOne = (call: TaskCall, args: readonly unknown[]): TaskHandle =>
    sending(
      call,
      undefined,
      (wrapped) => submit(wrapped, args),
      ({ taskId }) => [taskId],
    )
  const submitAll = (call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] =>
    sending(
      call,
      argsList.length,
      (wrapped) => submitMany(wrapped, argsList),
      (sent) => sent.map(({ taskId }) => taskId),
    )
  const registerWrapped = (definition: TaskDefinition): void => register(wrap.definition(definition))
  Object.assign(engine, { submit: submitOne, submitMany: submitAll, register: registerWrapped })
  const leave = [
    engine.subscribe(['started'], (event) => {
      void arrivals.learn(event.taskId)
      arrivals.after(event.taskId, () => spans.started(event))
    }),
    engine.subscribe(['retrying'], (event) =>
      arrivals.after(event.taskId, () => {
        spans.retrying(event)
        arrivals.leave(event.taskId)
      }),
    ),
    engine.subscribe(ends, (event: EngineEvents[(typeof ends)[number]]) =>
      arrivals.after(event.taskId, () => {
        spans.ended(event)
        arrivals.leave(event.taskId)
      }),
    ),
  ]
  return () => {
    for (const stop of leave.splice(0)) stop()
    Object.assign(engine, { submit, submitMany, register })
    spans.close()
  }
}

function endAfter<T>(span: Span, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    recordError(span, thrown instanceof Error ? thrown : new Error(String(thrown)))
    throw thrown
  } finally {
    span.end()
  }
}

/** Bodies that run inside of their span; the same body is wrapped once, so that it stays the same to the engine. */
function wrapper(
  spans: TaskSpans,
  arrivals: Arrivals,
  currentTask: TraceOptions['currentTask'],
): { call(call: TaskCall): TaskCall; definition(definition: TaskDefinition): TaskDefinition } {
  const wrapped = new WeakMap<TaskHandler, TaskHandler>()
  const calls = new WeakMap<TaskCall, TaskCall>()
  const inSpan = (body: TaskHandler): TaskHandler => {
    const known = wrapped.get(body)
    if (known !== undefined) return known
    const made: TaskHandler = (...args) => {
      const task = spans.isClosed ? undefined : currentTask?.()
      if (task === undefined) return body(...args)
      const { taskId, name, attempt } = task
      const run = (): unknown => context.with(spans.begin(taskId, name, attempt), () => body(...args))
      const learning = arrivals.learn(taskId)
      return learning === undefined ? run() : learning.then(run)
    }
    wrapped.set(body, made)
    return made
  }
  const isWanted = ({ lane, compile }: TaskCall['options']): boolean =>
    currentTask !== undefined && lane === 'inline' && compile !== 'require'
  return {
    call(call) {
      if (call.handler === undefined || !isWanted(call.options)) return call
      const known = calls.get(call) ?? Object.freeze({ ...call, handler: inSpan(call.handler) })
      calls.set(call, known)
      return known
    },
    definition: (definition) =>
      isWanted(definition.options) ? { ...definition, handler: inSpan(definition.handler) } : definition,
  }
}
