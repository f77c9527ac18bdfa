// Durable submissions with 1,000 in flight, beside bare lmdb that commits as many values of as many bytes, synced both.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDurableEngine } from '@catzilla/durable'
import { createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import type { TaskCall, TaskEngine } from '@catzilla/engine'
import { open } from 'lmdb'
import { collectGarbage } from '../child.ts'
import { clocks, interleave, median, ratio } from '../measure.ts'
import { formatCount, formatPercent, tellProgress, verify } from '../section.ts'
import type { SectionInput, SectionResult } from '../section.ts'

const IN_FLIGHT = 1000
const SHARE_WANTED = 0.6
const BARE = 'bare lmdb: put, synced'

const args = ['a@b.c', 'a subject of a mail', { id: 12_345, tags: ['x', 'y'] }] as const

export async function measureAccepting({ quick, clock }: SectionInput): Promise<SectionResult> {
  const count = quick ? 5000 : 100_000
  const root = mkdtempSync(join(tmpdir(), 'catzilla-bench-durable-'))
  let made = 0
  const directory = (): string => join(root, String(++made))
  const recordBytes = await bytesOfRecord(directory())
  tellProgress(`durable: ${formatCount(count)} submissions with ${IN_FLIGHT} in flight, in turn with bare lmdb`)
  try {
    const now = clocks[clock]
    const contenders = [
      { name: 'durable: accepted', run: () => acceptAll(directory(), count, now) },
      { name: 'durable: accepted and ended', run: () => runAll(directory(), count, now) },
      { name: BARE, run: () => putAll(directory(), count, recordBytes, now) },
    ]
    const rounds = quick ? { rounds: 1, warmUps: 0 } : { rounds: 7, warmUps: 1 }
    const samples = await interleave(contenders, { ...rounds, before: collectGarbage })
    const bare = samples.get(BARE) ?? []
    const share = ratio(bare, samples.get('durable: accepted') ?? [])
    return {
      title: 'Durable tasks: accepting',
      tables: [
        {
          title: `${formatCount(count)} of ${recordBytes} bytes, ${formatCount(IN_FLIGHT)} in flight, median of ${rounds.rounds} rounds`,
          columns: ['what', 'per second', 'of bare lmdb'],
          rows: [...samples].map(([name, each]) => [
            name,
            formatCount(1e9 / median(each)),
            formatPercent(ratio(bare, each)),
          ]),
          note: 'Each waits until the disk has its record, of which the bare store puts as many bytes under the same keys. A task that has ended is two records, of which the latest thousand are kept.',
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
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function startEngine(directory: string, count: number): Promise<{ engine: TaskEngine; call: TaskCall }> {
  const engine = createDurableEngine(createTypeScriptEngine({ queueSize: count + 1 }), directory)
  await engine.start()
  const options = resolveTaskOptions({})
  engine.register({ name: 'mail', handler: () => 1, options })
  return { engine, call: Object.freeze({ name: 'mail', options }) }
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

/** What a task of this benchmark is in the store, envelope included. */
async function bytesOfRecord(directory: string): Promise<number> {
  const { engine, call } = await startEngine(directory, 1)
  await engine.pause()
  await engine.submit(call, args).accepted
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  const db = open<Buffer, string>({ path: directory, noSubdir: false, encoding: 'binary', cache: false })
  const [record] = db.getRange({ start: 't:', end: 't;' })
  const bytes = record?.value.length ?? 0
  verify('records of one task', record === undefined ? 0 : 1, 1)
  await db.close()
  return bytes
}

async function putAll(directory: string, count: number, bytes: number, now: () => number): Promise<number> {
  const db = open<Buffer, string>({ path: directory, noSubdir: false, encoding: 'binary', cache: false })
  let next = 0
  const perPut = await timeOf(count, now, async () => {
    // as a program would that has something to store: bytes of its own for each
    const value = Buffer.alloc(bytes, 1)
    void db.put(`t:2:${(next++).toString(36).padStart(11, '0')}`, value)
    await db.flushed
  })
  verify('values put', (db.getStats() as { entryCount: number }).entryCount, count)
  await db.close()
  return perPut
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
