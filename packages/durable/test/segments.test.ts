// Tasks that were accepted together stand in the store as one value, and are read and taken out one by one.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { StoreError } from '@catzilla/engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Pages } from '../src/format/draft.ts'
import type { Draft } from '../src/format/draft.ts'
import { keys, rangeOf } from '../src/format/keys.ts'
import type { TaskPlace } from '../src/format/keys.ts'
import { sealTask } from '../src/format/records.ts'
import { Seal, UnreadableError } from '../src/format/seal.ts'
import { readSegment } from '../src/format/segment.ts'
import { deadLettersOf } from '../src/index.ts'
import { LmdbStore } from '../src/store/lmdb-store.ts'
import type { Store } from '../src/store/store.ts'
import { TaskStore } from '../src/store/task-store.ts'
import type { AcceptedRecords, Change } from '../src/store/task-store.ts'
import { define, gate, startOver, warnings } from './durable-for-test.ts'
import { MemoryDisk } from './memory-files.ts'

const plain = new Seal({ compressAboveBytes: Infinity, encryptionKeys: [] })
const encrypting = new Seal({
  compressAboveBytes: 200,
  encryptionKeys: [{ id: 'one', key: Buffer.alloc(32, 1) }],
})
const all = rangeOf('t')

const pages = new Pages()

function draftOf(bytes: Uint8Array): Draft {
  const draft = pages.begin()
  draft.bytes(bytes)
  draft.complete()
  return draft
}

interface Accepting {
  readonly place: TaskPlace
  readonly record: Draft
}

function accept(place: TaskPlace, bytes: Uint8Array): Accepting {
  const record = draftOf(bytes)
  record.sequence = place.sequence
  return { place, record }
}

function remove(place: TaskPlace): Change {
  return { gone: place }
}

function write(tasks: TaskStore, changes: readonly (Accepting | Change)[]): Promise<void> {
  const accepted: AcceptedRecords = [[], [], [], []]
  const others: Change[] = []
  for (const change of changes) {
    if ('record' in change) accepted[change.place.priority].push(change.record)
    else others.push(change)
  }
  return tasks.write(others, accepted)
}

const at = (sequence: number, priority: TaskPlace['priority'] = 2): TaskPlace => ({ priority, sequence })
const text = (length: number, fill = 'x'): Buffer => Buffer.from(fill.repeat(length))

/** What stands in the store, by key. */
function contents(tasks: TaskStore, reverse = false): [string, string][] {
  return [...tasks.entries({ ...all, reverse })].map(({ key, record }) => {
    if (record instanceof UnreadableError) throw record
    return [key, record.toString('latin1')]
  })
}

function memory(seal = plain): { readonly disk: MemoryDisk; readonly tasks: TaskStore } {
  const disk = new MemoryDisk()
  return { disk, tasks: new TaskStore(disk.open().store, seal) }
}

const stored = (disk: MemoryDisk): string[] => [...disk.entries.keys()].filter((key) => key.startsWith('t:')).toSorted()

/** Numbers that look random, and are the same each time. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Accepts and takes out at random, beside a map that says what is to be there; each step is looked at. @returns in which steps they differ */
async function differences(
  store: Store,
  seal: Seal,
  seed: number,
  fail?: (left: boolean) => () => void,
): Promise<string[]> {
  const random = seeded(seed)
  const found: string[] = []
  const wanted = new Map<string, { readonly place: TaskPlace; readonly bytes: string }>()
  let tasks = new TaskStore(store, seal)
  let next = 1
  for (let step = 0; step < 60; step++) {
    // what is known of segments is only a help: whoever opens the store knows nothing
    if (random(6) === 0) tasks = new TaskStore(store, seal)
    const accepted: TaskPlace[] = []
    const changes: (Accepting | Change)[] = []
    for (let left = random(80); left > 0; left--) {
      const place = at((next += random(50) === 0 ? 70_000 : 1), random(4) as TaskPlace['priority'])
      const bytes = randomBytes(random(30) === 0 ? 6000 : random(200))
      changes.push(accept(place, bytes))
      accepted.push(place)
      wanted.set(keys.task('t', place), { place, bytes: bytes.toString('latin1') })
    }
    const share = random(4)
    const gone = [...wanted.values()].filter(() => random(4) < share).map(({ place }) => place)
    changes.push(...gone.map(remove))
    const mend = random(5) === 0 ? fail?.(random(2) === 0) : undefined
    const failed = await write(tasks, changes).then(
      () => false,
      () => true,
    )
    if (failed !== (mend !== undefined)) found.push(`${step}: write`)
    mend?.()
    // as the writer does: those that were refused are taken back, the others are tried again
    const refused = failed ? accepted : []
    if (failed) await write(tasks, [...refused, ...gone].map(remove))
    for (const place of [...refused, ...gone]) wanted.delete(keys.task('t', place))
    found.push(...differing(tasks, wanted, random).map((what) => `${step}: ${what}`))
  }
  await write(
    tasks,
    [...wanted.values()].map(({ place }) => remove(place)),
  )
  if ([...store.entries(all)].length > 0) found.push('at the end something is left')
  return found
}

/** Which ways of reading do not give what is wanted. */
function differing(
  tasks: TaskStore,
  wanted: ReadonlyMap<string, { readonly place: TaskPlace; readonly bytes: string }>,
  random: (below: number) => number,
): string[] {
  const expected = [...wanted].map(([key, { bytes }]): [string, string] => [key, bytes]).toSorted(byKey)
  const [key, bytes] = expected[random(expected.length)] ?? ['t:2:', '']
  const place = wanted.get(key)?.place ?? at(0)
  const record = tasks.get(place)?.record ?? Buffer.alloc(0)
  const from = (beginning: string): number => [...tasks.entries({ from: beginning, to: all.to })].length
  const holds = {
    forward: isDeepStrictEqual(contents(tasks), expected),
    backward: isDeepStrictEqual(contents(tasks, true), expected.toReversed()),
    from: from(key) === expected.filter(([each]) => each >= key).length,
    behind: from(`${key}\0`) === expected.filter(([each]) => each > key).length,
    one: Buffer.isBuffer(record) && record.toString('latin1') === bytes,
  }
  return Object.entries(holds).flatMap(([what, itDoes]) => (itDoes ? [] : [what]))
}

function byKey([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1
}

describe('tasks in segments', () => {
  it.each([1, 2, 3, 4, 5])(
    'are what a map of them would be, whatever fails (%i)',
    { timeout: 60_000 },
    async (seed) => {
      const disk = new MemoryDisk()
      const fail = (left: boolean): (() => void) => {
        disk.failure = new StoreError('the disk is full', { reason: 'full' })
        disk.failsAfterWriting = left
        return () => (disk.failure = null)
      }
      expect(await differences(disk.open().store, seed % 2 === 0 ? encrypting : plain, seed, fail)).toEqual([])
    },
  )

  it('are so in the files too', { timeout: 60_000 }, async () => {
    const root = mkdtempSync(join(tmpdir(), 'catzilla-segments-'))
    const store = new LmdbStore(join(root, 'data'), { synced: false })
    onTestFinished(async () => {
      await store.close()
      rmSync(root, { recursive: true, force: true })
    })
    expect(await differences(store, plain, 11)).toEqual([])
  })

  it('of one commit are one value for each class, of a page at most', async () => {
    const { disk, tasks } = memory()
    const few = Array.from({ length: 20 }, (_, n) => accept(at(n + 1, n % 2 === 0 ? 1 : 3), text(50)))
    await write(tasks, few)
    expect(stored(disk)).toEqual([keys.task('t', at(1, 1)), keys.task('t', at(2, 3))])
    const many = Array.from({ length: 200 }, (_, n) => accept(at(n + 100), text(n === 100 ? 50_000 : 100)))
    await write(tasks, many)
    const sizes = [...disk.entries].filter(([key]) => key.startsWith('t:2')).map(([, value]) => value.length)
    expect(sizes.filter((size) => size > 4072)).toEqual([50_006])
    expect(sizes.length).toBeLessThan(10)
    expect(contents(tasks)).toHaveLength(220)
  })

  it('stand in the order of their numbers, in whichever they were written', async () => {
    const { tasks } = memory()
    await write(tasks, [accept(at(3), text(1, 'c')), accept(at(1), text(1, 'a')), accept(at(2), text(1, 'b'))])
    expect(contents(tasks).map(([, record]) => record)).toEqual(['a', 'b', 'c'])
  })

  it('go one by one: a mark says which, and the last one takes the segment with it', async () => {
    const { disk, tasks } = memory()
    await write(
      tasks,
      [1, 2, 3, 4, 5].map((n) => accept(at(n), text(10))),
    )
    const key = keys.task('t', at(1))
    const whole = disk.entries.get(key)?.length ?? 0
    await write(tasks, [remove(at(4))])
    expect(stored(disk)).toEqual([key, keys.gone(key)])
    await write(tasks, [remove(at(1)), remove(at(1)), remove(at(3))])
    // most of them: those that are left are written anew
    expect(stored(disk)).toEqual([key])
    expect(disk.entries.get(key)?.length).toBeLessThan(whole / 2)
    expect(contents(tasks).map(([name]) => name)).toEqual([keys.task('t', at(2)), keys.task('t', at(5))])
    await write(tasks, [remove(at(2)), remove(at(5)), remove(at(77))])
    expect(stored(disk)).toEqual([])
  })

  it('that come and go in one commit leave nothing', async () => {
    const { disk, tasks } = memory()
    await write(tasks, [accept(at(1), text(9)), accept(at(2), text(9)), remove(at(1)), remove(at(2))])
    expect(stored(disk)).toEqual([])
  })

  it('cannot be removed unseen while a key is missing', async () => {
    const { disk, tasks } = memory(encrypting)
    await write(tasks, [accept(at(1), text(9)), accept(at(2), text(9))])
    const keyless = new TaskStore(disk.open().store, plain)
    await expect(keyless.write([remove(at(2))])).rejects.toMatchObject({ reason: 'key' })
    expect(contents(tasks)).toHaveLength(2)
  })
})

describe('bytes that are no segment', () => {
  const key = keys.task('t', at(1))

  it('are unreadable, whatever was changed in one', async () => {
    const { disk, tasks } = memory()
    await write(tasks, [accept(at(1), text(9)), accept(at(2), text(9))])
    const bytes = disk.entries.get(key) as Buffer
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 0x41
      expect(() => readSegment(plain, key, changed), `byte ${index}`).toThrow(UnreadableError)
      expect(() => readSegment(plain, key, bytes.subarray(0, index)), `cut at ${index}`).toThrow(UnreadableError)
    }
  })

  it('with a checksum that is right never do more than be unreadable', () => {
    const strange: unknown[] = []
    for (let round = 0; round < 3000; round++) {
      const draft = plain.begin()
      draft.bytes(randomBytes(round % 40))
      const sealed = plain.closeSegment(key, draft)
      try {
        const records = readSegment(plain, key, sealed)
        if (records.some(({ record }) => record.length > sealed.length)) strange.push(sealed)
      } catch (error) {
        if (!(error instanceof UnreadableError)) strange.push(error)
      }
    }
    expect(strange).toEqual([])
  })
})

describe('a segment in the life of an engine', () => {
  /** A disk on which so many tasks wait that were accepted together, and one that was accepted after them. */
  async function left(together: number): Promise<MemoryDisk> {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    await engine.pause()
    const call = define(engine, 'note', () => 1)
    const handles = engine.submitMany(
      call,
      Array.from({ length: together }, (_, n) => [n]),
    )
    await Promise.all(handles.map(({ accepted }) => accepted))
    await engine.submit(call, ['later']).accepted
    return disk.kill()
  }

  it.each([
    ['its records', (key: string) => key],
    ['what says which of them are gone', (key: string) => keys.gone(key)],
  ])('is one dead letter when %s cannot be read; the others run', async (_, name) => {
    const heard = warnings()
    const disk = await left(5)
    const first = await startOver(disk)
    const one = gate()
    define(first, 'note', () => (one.open(), new Promise(() => {})), { keepResultMs: 0 })
    await one.passed
    const again = disk.kill()
    const [key = ''] = stored(again)
    // one of the five has ended, as far as can be told
    const tasks = new TaskStore(again.open().store, plain)
    await write(tasks, [remove({ ...at(3) })])
    const bytes = again.entries.get(name(key)) as Buffer
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff
    const engine = await startOver(again)
    const ran: unknown[] = []
    define(engine, 'note', (n: unknown) => void ran.push(n))
    await engine.drain()
    expect(ran).toEqual(['later'])
    const letters = deadLettersOf(engine).list()
    expect(letters).toMatchObject([{ reason: 'unreadable', name: null }])
    expect(letters[0]?.message).toMatch(
      /several tasks that were accepted together, cannot be read: its checksum is wrong/,
    )
    expect(heard.join()).toMatch(/a task is among the dead letters/)
    expect(stored(again).filter((each) => each.startsWith(key))).toEqual([])
    expect(await deadLettersOf(engine).purge()).toBe(1)
  })

  it('never gives back what has ended, wherever the process died', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk, { engine: { inlineConcurrency: 1 } })
    const ended: number[] = []
    const stop = gate()
    const body = (n: number): unknown => (n === 40 ? (stop.open(), new Promise(() => {})) : n)
    const call = define(engine, 'note', body, { keepResultMs: 0 })
    const handles = engine.submitMany(
      call,
      Array.from({ length: 60 }, (_, n) => [n]),
    )
    for (const [n, handle] of handles.entries()) handle.onSettled(() => ended.push(n))
    await stop.passed
    await Promise.all(handles.slice(0, 40).map((handle) => handle.wait()))
    const known = new Set(ended)
    const later = await startOver(disk.kill())
    const ran: number[] = []
    define(later, 'note', (n: number) => void ran.push(n))
    await later.drain()
    expect(known.size).toBe(40)
    expect(ran).toEqual(Array.from({ length: 20 }, (_, n) => n + 40))
  })

  it('of the first format, which had each task by itself, is read on', async () => {
    const disk = await left(5)
    // as version 1 would have left it
    const tasks = new TaskStore(disk.open().store, plain)
    const entries = [...tasks.entries(all)]
    for (const key of stored(disk)) disk.entries.delete(key)
    for (const { key, record } of entries) disk.entries.set(key, sealTask(plain, key, record as Buffer))
    const identity = JSON.parse(disk.entries.get(keys.meta)?.toString() ?? '{}') as object
    disk.entries.set(keys.meta, Buffer.from(JSON.stringify({ ...identity, version: 1 })))
    const engine = await startOver(disk)
    const ran: unknown[] = []
    define(engine, 'note', (n: unknown) => void ran.push(n))
    await engine.drain()
    expect(ran).toEqual([0, 1, 2, 3, 4, 'later'])
    expect(JSON.parse(disk.entries.get(keys.meta)?.toString() ?? '{}')).toEqual({ ...identity, version: 2 })
  })
})
