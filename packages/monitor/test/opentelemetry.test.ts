// Traces and metrics as an SDK of OpenTelemetry receives them.
import { currentTask } from '@catzilla/engine'
import { meterTasks, traceTasks } from '@catzilla/monitor/opentelemetry'
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TaskEngine, TaskHandle } from '@catzilla/engine'
import { callOf, engineNames, nativeMissing, startEngine, watch } from './engines.ts'

const contexts = new AsyncLocalStorageContextManager()

beforeAll(() => {
  context.setGlobalContextManager(contexts.enable())
})

afterAll(() => {
  context.disable()
})

interface Traced {
  readonly provider: BasicTracerProvider
  readonly spans: () => ReadableSpan[]
}

function traced(): Traced {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  return { provider, spans: () => exporter.getFinishedSpans() }
}

/** The task has ended and its events were told. */
async function told(engine: TaskEngine, handle: TaskHandle): Promise<void> {
  await handle.wait().catch(() => {})
  await engine.drain()
  await new Promise((resolve) => setImmediate(resolve))
}

function spanNamed(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.find((span) => span.name === name)
  if (found === undefined) throw new Error(`no span ${name} in ${spans.map((each) => each.name).join(', ')}`)
  return found
}

const lanes = [
  ['inline', 'typescript', {}],
  ['thread', 'typescript', { lane: 'thread' }],
  ['process', 'typescript', { lane: 'process' }],
  ['native', 'native', { lane: 'native' }],
] as const

describe.each(lanes.filter(([lane]) => lane !== 'native' || nativeMissing === undefined))(
  'a task of the %s lane',
  (lane, engineName, options) => {
    test('has a producer span in the trace of its submitter, and a consumer span that is linked to it', async () => {
      const engine = await startEngine(engineName)
      const { provider, spans } = traced()
      const stop = traceTasks(engine, { tracerProvider: provider })
      const base = callOf('add', (a: number, b: number) => a + b, { priority: 'high', ...options })
      const call = lane === 'native' ? { ...base, kernel: { name: 'add' } } : base
      const request = provider.getTracer('test').startSpan('GET /')
      const handle = context.with(trace.setSpan(context.active(), request), () => engine.submit(call, [1, 2]))
      request.end()
      await told(engine, handle)
      stop()
      const sent = spanNamed(spans(), 'send add')
      const run = spanNamed(spans(), 'process add')
      expect([sent.kind, run.kind]).toEqual([SpanKind.PRODUCER, SpanKind.CONSUMER])
      expect(sent.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
      expect(run.parentSpanContext?.spanId).toBe(sent.spanContext().spanId)
      expect(run.links.map((link) => link.context.spanId)).toEqual([sent.spanContext().spanId])
      expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1)
      expect(sent.attributes).toMatchObject({
        'messaging.system': 'catzilla',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'add',
        'messaging.message.id': handle.taskId,
        'catzilla.task.priority': 'high',
      })
      expect(run.attributes).toMatchObject({
        'messaging.operation.type': 'process',
        'messaging.message.id': handle.taskId,
        'catzilla.task.attempt': 1,
        'catzilla.task.lane': lane,
        'catzilla.task.priority': 'high',
        'catzilla.task.wait': expect.any(Number),
      })
    })
  },
)

test('a task that outlives its process carries where it was submitted, and is linked to that when it is taken up again', async () => {
  const real = await startEngine('typescript')
  // what an engine with a store says of itself; the values go the same way
  const engine = Object.defineProperty(real, 'capabilities', { value: { ...real.capabilities, durable: true } })
  const submit = engine.submit.bind(engine)
  const { provider, spans } = traced()
  const stop = traceTasks(engine, { tracerProvider: provider })
  const handle = engine.submit(
    callOf('kept', () => 1, { metadata: { order: 7 } }),
    [],
  )
  await told(engine, handle)
  const producer = spanNamed(spans(), 'send kept').spanContext()
  const info = await engine.find(handle.taskId)
  expect(info?.metadata).toEqual({ order: 7, traceparent: `00-${producer.traceId}-${producer.spanId}-01` })
  // the next process takes it up out of its store: nobody has submitted it there
  await told(
    engine,
    submit(
      callOf('again', () => 1, { metadata: info?.metadata ?? {} }),
      [],
    ),
  )
  const consumer = spanNamed(spans(), 'process again')
  expect(consumer.links.map((link) => link.context.spanId)).toEqual([producer.spanId])
  expect(consumer.parentSpanContext?.spanId).toBe(producer.spanId)
  stop()
})

test('each attempt has a span, with the error that ended it', async () => {
  const engine = await startEngine('typescript')
  const { provider, spans } = traced()
  const stop = traceTasks(engine, { tracerProvider: provider })
  const bad = callOf(
    'bad',
    () => {
      throw new RangeError('bad end')
    },
    { maxRetries: 1, retryDelayMs: 1, retryJitter: 0 },
  )
  await told(engine, engine.submit(bad, []))
  stop()
  const runs = spans().filter(({ name }) => name === 'process bad')
  expect(runs.map(({ attributes }) => attributes['catzilla.task.attempt'])).toEqual([1, 2])
  for (const { status, attributes, events } of runs) {
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'bad end' })
    expect(attributes['error.type']).toBe('RangeError')
    expect(events.map(({ name }) => name)).toEqual(['exception'])
  }
})

test('with currentTask, spans of a body are children of its attempt', async () => {
  const engine = await startEngine('typescript')
  const { provider, spans } = traced()
  const stop = traceTasks(engine, { tracerProvider: provider, currentTask })
  const tracer = provider.getTracer('test')
  const body = async (): Promise<void> => {
    await Promise.resolve()
    tracer.startSpan('inside').end()
  }
  const call = callOf('outer', body)
  await told(engine, engine.submit(call, []))
  await told(engine, engine.submit(call, []))
  stop()
  const runs = spans().filter(({ name }) => name === 'process outer')
  const inside = spans().filter(({ name }) => name === 'inside')
  expect(runs).toHaveLength(2)
  expect(inside.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
    runs.map((run) => run.spanContext().spanId),
  )
})

test('a body that was defined while tasks were traced has no span any more afterwards', async () => {
  const engine = await startEngine('typescript')
  const { provider, spans } = traced()
  const stop = traceTasks(engine, { tracerProvider: provider, currentTask })
  const body = (): void => provider.getTracer('test').startSpan('inside').end()
  const { handler: _, ...call } = callOf('defined', body)
  engine.register({ ...call, handler: body })
  await told(engine, engine.submit(call, []))
  stop()
  await told(engine, engine.submit(call, []))
  const inside = spans().filter(({ name }) => name === 'inside')
  const run = spanNamed(spans(), 'process defined').spanContext()
  expect(inside.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([run.spanId, undefined])
})

test('a batch has one producer span, and a refused submission one with its error', async () => {
  const engine = await startEngine('typescript', { queueSize: 2 })
  const { provider, spans } = traced()
  const stop = traceTasks(engine, { tracerProvider: provider })
  const call = callOf('many', () => 1)
  await engine.pause()
  const handles = engine.submitMany(call, [[], []])
  expect(() => engine.submit(call, [])).toThrow(/full/)
  await engine.resume()
  for (const handle of handles) await told(engine, handle)
  stop()
  const sends = spans().filter(({ name }) => name === 'send many')
  expect(sends.map(({ attributes }) => attributes['messaging.batch.message_count'])).toEqual([2, undefined])
  expect(sends[1]?.attributes['error.type']).toBe('QueueFullError')
  expect(spans().filter(({ name }) => name === 'process many')).toHaveLength(2)
  // and afterwards nobody is traced
  await engine.submit(call, []).wait()
  expect(spans().filter(({ name }) => name === 'send many')).toHaveLength(2)
})

test.each(engineNames)('metrics of the %s engine are observed, with units and attributes', async (name) => {
  const engine = await startEngine(name)
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const stop = meterTasks(watch(engine), { meterProvider: provider })
  await engine
    .submit(
      callOf('one', () => 1, { priority: 'high' }),
      [],
    )
    .wait()
  await provider.forceFlush()
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
  const metric = (of: string): (typeof found)[0] => {
    const exported = found.find(({ descriptor }) => descriptor.name === of)
    if (exported === undefined) throw new Error(`no metric ${of}`)
    return exported
  }
  expect(metric('catzilla.tasks_finished').dataPoints).toContainEqual(
    expect.objectContaining({ attributes: { state: 'completed' }, value: 1 }),
  )
  expect(metric('catzilla.queue_oldest_age').descriptor.unit).toBe('s')
  expect(metric('catzilla.task.wait').dataPoints.map(({ attributes }) => attributes['quantile'])).toEqual([
    '0.5',
    '0.95',
    '0.99',
    '1',
  ])
  stop()
  await provider.shutdown()
})
