// A worker that traces, in a process of its own. Argument: URL of the engine. It tells when it is ready, and each span that
// ends: `span <name> <attempt> <JSON>`. With EVENTS_ONLY it traces what the engine tells, and no bodies.
import { currentTask, resolveTaskOptions } from '@catzilla/engine'
import type { TaskHandler } from '@catzilla/engine'
import { traceTasks } from '@catzilla/monitor/opentelemetry'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { createBullmqEngine } from '../src/index.ts'
import type { ToldSpan } from './told-span.ts'

function tell(span: ReadableSpan): void {
  const { traceId, spanId } = span.spanContext()
  const told: ToldSpan = {
    traceId,
    spanId,
    parent: span.parentSpanContext?.spanId,
    links: span.links.map((link) => link.context.spanId),
    messageId: span.attributes['messaging.message.id'],
  }
  console.log(`span ${span.name} ${Number(span.attributes['catzilla.task.attempt'] ?? 0)} ${JSON.stringify(told)}`)
}

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const exporter = {
  export: (spans: readonly ReadableSpan[]): void => spans.forEach(tell),
  shutdown: (): Promise<void> => Promise.resolve(),
}
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracer = tracerProvider.getTracer('worker')

const bodies: Readonly<Record<string, TaskHandler>> = {
  add: (a: number, b: number) => {
    tracer.startSpan('inside').end()
    return a + b
  },
  fails: () => {
    throw new RangeError('out of reach')
  },
}

const engine = createBullmqEngine(process.argv[2] ?? '')
const isOfEvents = process.env['EVENTS_ONLY'] !== undefined
traceTasks(engine, isOfEvents ? { tracerProvider } : { tracerProvider, currentTask })
const options = resolveTaskOptions({ retryDelayMs: 10, retryJitter: 0, timeoutMs: Infinity })
for (const [name, handler] of Object.entries(bodies)) engine.register({ name, handler, options })
await engine.start()
console.log('ready')
