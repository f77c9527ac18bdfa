// Traces across a broker: the spans of the process that submits, and those of the process that runs.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { resolveTaskOptions } from '@catzilla/engine'
import type { TaskCall, TaskEngine, TaskHandle, TaskOptions } from '@catzilla/engine'
import { traceTasks } from '@catzilla/monitor/opentelemetry'
import { SpanKind } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { createBullmqEngine } from '../src/index.ts'
import { bundled } from './bundled.ts'
import type { FoundServer } from './servers.ts'
import type { ToldSpan } from './told-span.ts'
import { startWorker } from './worker-process.ts'
import type { WorkerProcess } from './worker-process.ts'

const base = resolveTaskOptions({ maxRetries: 0, retryJitter: 0, retryDelayMs: 10, timeoutMs: Infinity })

/** The workers, each as one file. */
type Programs = Record<'plain' | 'tracing', { readonly path: string; remove(): void }>

export function tracingOn(found: FoundServer): void {
  describe.skipIf(found.missing !== undefined)(`traces on ${found.title}`, () => {
    let programs: Programs
    beforeAll(async () => {
      const [plain, tracing] = await Promise.all(
        ['test/worker-program.ts', 'test/traced-worker-program.ts'].map((program) => bundled(program)),
      )
      programs = { plain, tracing } as Programs
    })
    afterAll(() => Object.values(programs).forEach((program) => program.remove()))
    const world: World = { server: () => found.server.url, program: (kind) => programs[kind].path }
    declareSubmitter(world)
    declareWorker(world)
  })
}

interface World {
  server(): string
  program(kind: keyof Programs): string
}

function declareSubmitter(world: World): void {
  it('the submitter has a producer span, and a consumer span of the attempt elsewhere that is linked to it', async () => {
    const { engine, url } = await submitter(world)
    await startWorker(world.program('plain'), url, ['add', 'fails'])
    const { spans, stop } = traced(engine)
    const added = engine.submit(call(engine, 'add'), [40, 2])
    await ended(engine, added)
    const failed = engine.submit(call(engine, 'fails', { maxRetries: 1 }), [])
    await ended(engine, failed)
    stop()
    for (const [handle, name, attempts] of [
      [added, 'add', [1]],
      [failed, 'fails', [1, 2]],
    ] as const) {
      const [sent, ...others] = named(spans(), `send ${name}`)
      const runs = named(spans(), `process ${name}`)
      expect(others).toEqual([])
      expect(sent).toMatchObject({ kind: SpanKind.PRODUCER })
      expect(runs.map(({ kind }) => kind)).toEqual(attempts.map(() => SpanKind.CONSUMER))
      expect(runs.map(({ attributes }) => attributes['catzilla.task.attempt'])).toEqual(attempts)
      for (const run of runs) {
        expect(factsOf(run)).toMatchObject(childOf(sent?.spanContext()))
        expect(run.attributes['messaging.message.id']).toBe(handle.taskId)
      }
    }
  })
}

function declareWorker(world: World): void {
  it('spans of the worker are of the trace of the submitter, each attempt a child of the producer span', async () => {
    const { engine, url } = await submitter(world)
    const worker = await startWorker(world.program('tracing'), url, [])
    const { spans, stop } = traced(engine)
    const added = engine.submit(call(engine, 'add', { metadata: { tenant: 7 } }), [40, 2])
    expect(await added.wait()).toBe(42)
    const failed = engine.submit(call(engine, 'fails', { maxRetries: 1 }), [])
    const batch = engine.submitMany(call(engine, 'add'), [[1, 2]])
    for (const handle of [failed, ...batch]) await ended(engine, handle)
    stop()
    const [sent, sentBatch] = named(spans(), 'send add').map((span) => span.spanContext())
    const run = await told(worker, 'process add 1', (span) => span.messageId === added.taskId)
    expect(run).toMatchObject(childOf(sent))
    expect(await told(worker, 'inside', (span) => span.parent === run.spanId)).toMatchObject({ traceId: run.traceId })
    const [sentFails] = named(spans(), 'send fails').map((span) => span.spanContext())
    for (const attempt of [1, 2]) {
      expect(await told(worker, `process fails ${attempt}`)).toMatchObject(childOf(sentFails))
    }
    const ofBatch = await told(worker, 'process add 1', (span) => span.messageId === batch[0]?.taskId)
    expect(ofBatch).toMatchObject(childOf(sentBatch))
    // what the user gave it to carry is carried too
    expect((await engine.find(added.taskId))?.metadata).toEqual({
      tenant: 7,
      traceparent: `00-${sent?.traceId}-${sent?.spanId}-01`,
    })
  })

  it('a context that somebody else wrote is followed; where there is none, or nonsense, the attempt begins a trace', async () => {
    const { engine, url } = await submitter(world)
    const worker = await startWorker(world.program('tracing'), url, [], { EVENTS_ONLY: 'yes' })
    const from = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
    const runOf = async (options: TaskOptions): Promise<ToldSpan> => {
      const handle = engine.submit(call(engine, 'add', options), [1, 2])
      return told(worker, 'process add 1', (span) => span.messageId === handle.taskId)
    }
    const carried = { traceparent: `00-${from.traceId}-${from.spanId}-01` }
    expect(await runOf({ metadata: carried })).toMatchObject(childOf(from))
    const unknown = [undefined, 7, 'nonsense', `00-${'0'.repeat(32)}-${from.spanId}-01`, `${carried.traceparent} `]
    for (const traceparent of unknown) {
      const run = await runOf({ metadata: { traceparent } })
      expect(run).toMatchObject({ links: [] })
      expect(run.parent).toBeUndefined()
    }
  })
}

/** An engine that submits, and the URL for the workers that run what it submits. */
async function submitter(world: World): Promise<{ engine: TaskEngine; url: string }> {
  const prefix = `t${randomUUID().replaceAll('-', '').slice(0, 18)}`
  const engine = createBullmqEngine(world.server(), { role: 'producer', prefix, local: 'typescript' })
  onTestFinished(async () => void (await engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
  await engine.start()
  const url = new URL(world.server())
  for (const [name, value] of Object.entries({ prefix, local: 'typescript', role: 'worker' })) {
    url.searchParams.set(name, value)
  }
  return { engine, url: url.toString() }
}

/** The body is the worker's: here it is never run. */
function call(engine: TaskEngine, name: string, asked: TaskOptions = {}): TaskCall {
  engine.register({ name, handler: never, options: base })
  return Object.freeze({ name, options: resolveTaskOptions(asked, base) })
}

function never(): never {
  throw new Error('a producer ran a task')
}

function traced(engine: TaskEngine): { spans: () => ReadableSpan[]; stop: () => void } {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  return { spans: () => exporter.getFinishedSpans(), stop: traceTasks(engine, { tracerProvider }) }
}

/** The task has ended, and its events were told. */
async function ended(engine: TaskEngine, handle: TaskHandle): Promise<void> {
  await handle.wait().catch(() => {})
  await engine.drain()
  await new Promise((resolve) => setImmediate(resolve))
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan[] {
  return spans.filter((span) => span.name === name)
}

interface SpanFacts {
  readonly traceId: string
  readonly parent: string | undefined
  readonly links: readonly string[]
}

function factsOf(span: ReadableSpan): SpanFacts {
  return {
    traceId: span.spanContext().traceId,
    parent: span.parentSpanContext?.spanId,
    links: span.links.map((link) => link.context.spanId),
  }
}

/** What a consumer span says of its producer. */
function childOf(producer: { traceId: string; spanId: string } | undefined): SpanFacts {
  if (producer === undefined) throw new Error('there is no producer span')
  return { traceId: producer.traceId, parent: producer.spanId, links: [producer.spanId] }
}

/** The first span of the worker with that name that is wanted, from now on or before. */
async function told(
  worker: WorkerProcess,
  name: string,
  isWanted: (span: ToldSpan) => boolean = () => true,
): Promise<ToldSpan> {
  const start = `span ${name} `
  const spanOf = (line: string): ToldSpan => JSON.parse(line.slice(line.indexOf('{'))) as ToldSpan
  return spanOf(await worker.lineThat((line) => line.startsWith(start) && isWanted(spanOf(line))))
}
