// Durable submissions with 1,000 in flight, beside bare lmdb that commits as many values of as many bytes, synced both.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDurableEngine } from '@catzilla/durable'
import { createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import type { TaskCall, TaskEngine } from '@catzilla/engine'
import { open } from 'lmdb'
import { collectGarbage, runJob } from '../../child.ts'
import { clocks, interleave, median, ratio } from '../../measure.ts'
import type { ClockName } from '../../measure.ts'
import { formatCount, formatPercent, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

const IN_FLIGHT = 1000
const SHARE_WANTED = 0.6
const ACCEPTED = 'durable: accepted'
const BARE = 'bare lmdb: put, synced'
/** Rounds may take so long: the processes of a round need some seconds. */
const BUDGET_MS = 25_000

const args = ['a@b.c', 'a subject of a mail', { id: 12_345, tags: ['x', 'y'] }] as const

type Measure = (directory: string, count: number, now: () => number) => Promise<number>

/** What there is beside each other; `engine and bare lmdb` is what no durable engine can do without. */
const contenders: Readonly<Record<string, Measure>> = {
  [ACCEPTED]: acceptAll,
  'durable: accepted and ended': runAll,
  'engine in memory and bare lmdb, of bytes that are there': submitAndPutAll,
  [BARE]: putAll,
}

export async function measureAccepting({ quick, clock }: SectionInput): Promise<SectionResult> {
  const count = quick ? 5000 : 100_000
  tellProgress(`durable: ${formatCount(count)} submissions with ${IN_FLIGHT} in flight, in turn with bare lmdb`)
  const rounds = quick ? { rounds: 1, warmUps: 0 } : { rounds: 7, warmUps: 0, budgetMs: BUDGET_MS }
  const samples = await interleave(
    Object.keys(contenders).map((name) => ({
      name,
      // what one contender has done to the code that it shares with the next, and to the heap, is none of the next one's business
      run: () => runJob<number>('durable:accepting-sample', { name, count, clock }),
    })),
    rounds,
  )
  const bare = samples.get(BARE) ?? []
  const share = ratio(bare, samples.get(ACCEPTED) ?? [])
  return {
    title: 'Durable tasks: accepting',
    tables: [
      {
        title: `${formatCount(count)} of one record's bytes, ${formatCount(IN_FLIGHT)} in flight, median of ${bare.length} rounds`,
        columns: ['what', 'per second', 'of bare lmdb'],
        rows: [...samples].map(([name, each]) => [
          name,
          formatCount(1e9 / median(each)),
          formatPercent(ratio(bare, each)),
        ]),
        note: 'Each sample in a process of its own, which has done the same once before. Each waits until the disk has its record, of which the bare store puts as many bytes, each under a key of its own; durable tasks that are accepted together share one. A task that has ended is two records, of which the latest thousand are kept. The engine in memory and the bare store side by side are what a durable engine has to do at least: a task that waits in memory, and its bytes on disk; nothing of them is made from the task.',
      },
    ],
    verdicts: [
      {
        target: `durable submissions at least ${formatPercent(SHARE_WANTED)} of what bare lmdb commits of the same bytes`,
        measured: formatPercent(share),
        met: share >= SHARE_WANTED,
      },
    ],
  }
}

/** The job: nanoseconds that each of `count` took. */
export async function sampleAccepting({
  name,
  count,
  clock,
}: {
  readonly name: string
  readonly count: number
  readonly clock: ClockName
}): Promise<number> {
  const measure = contenders[name]
  if (measure === undefined) throw new Error(`nobody is called ${name}`)
  const root = mkdtempSync(join(tmpdir(), 'catzilla-bench-durable-'))
  try {
    await measure(join(root, 'warm-up'), count, clocks[clock])
    collectGarbage()
    return await measure(join(root, 'data'), count, clocks[clock])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function startEngine(directory: string, count: number): Promise<{ engine: TaskEngine; call: TaskCall }> {
  const engine = createDurableEngine(createTypeScriptEngine({ queueSize: count + 1 }), directory)
  return { engine, call: await begin(engine) }
}

async function begin(engine: TaskEngine): Promise<TaskCall> {
  await engine.start()
  const options = resolveTaskOptions({})
  engine.register({ name: 'mail', handler: () => 1, options })
  return Object.freeze({ name: 'mail', options })
}

async function acceptAll(directory: string, count: number, now: () => number): Promise<number> {
  const { engine, call } = await startEngine(directory, count)
  await engine.pause()
  const perTask = await timeOf(count, now, async () => engine.submit(call, args).accepted)
  verify('tasks accepted', engine.snapshot().totalQueued, count)
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  return perTask
}

async function runAll(directory: string, count: number, now: () => number): Promise<number> {
  const { engine, call } = await startEngine(directory, count)
  const perTask = await timeOf(count, now, async () => {
    const handle = engine.submit(call, args)
    await handle.accepted
    await handle.wait()
  })
  verify('tasks completed', engine.snapshot().completedTasks, count)
  await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
  return perTask
}

async function submitAndPutAll(directory: string, count: number, now: () => number): Promise<number> {
  const store = await openBare(directory)
  const engine = createTypeScriptEngine({ queueSize: count + 1 })
  const call = await begin(engine)
  await engine.pause()
  const perTask = await timeOf(count, now, () => {
    engine.submit(call, args)
    return store.put()
  })
  verify('tasks accepted', engine.snapshot().totalQueued, count)
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  await store.close(count)
  return perTask
}

async function putAll(directory: string, count: number, now: () => number): Promise<number> {
  const store = await openBare(directory)
  const perPut = await timeOf(count, now, () => store.put())
  await store.close(count)
  return perPut
}

/** The bare store, and how it puts the next record of a task and waits until the disk has it. */
async function openBare(directory: string): Promise<{ put(): Promise<void>; close(count: number): Promise<void> }> {
  const record = await recordOf(`${directory}-record`)
  const db = openStore(directory)
  let next = 0
  return {
    async put() {
      // bytes of its own for each, from where Buffer takes short ones: neither side pays for memory of each record
      const value = Buffer.from(record)
      void db.put(`t:2:${(next++).toString(36).padStart(11, '0')}`, value)
      await db.flushed
    },
    async close(count) {
      verify('values put', (db.getStats() as { entryCount: number }).entryCount, count)
      await db.close()
    },
  }
}

/** What a task of this benchmark is in the store, envelope included. */
async function recordOf(directory: string): Promise<Buffer> {
  const { engine, call } = await startEngine(directory, 1)
  await engine.pause()
  await engine.submit(call, args).accepted
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  const db = openStore(directory)
  const [record] = db.getRange({ start: 't:', end: 't;' })
  if (record === undefined) throw new Error('the task of the benchmark is not in the store')
  const bytes = Buffer.from(record.value)
  await db.close()
  return bytes
}

function openStore(directory: string): ReturnType<typeof open<Buffer, string>> {
  return open<Buffer, string>({ path: directory, noSubdir: false, encoding: 'binary', cache: false })
}

/** Does `work` so often, so many at a time; the time that each took of it all. Opening and closing is no part of it. */
async function timeOf(count: number, now: () => number, work: () => Promise<void>): Promise<number> {
  const startedAt = now()
  let left = count
  const one = async (): Promise<void> => {
    while (left > 0) {
      left--
      await work()
    }
  }
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, count) }, one))
  return (now() - startedAt) / count
}
