// Keys of a store over the lives of its processes: rotated, forgotten and put back.
import { StoreError } from '@catzilla/engine'
import { expect, it } from 'vitest'
import { deadLettersOf } from '../src/index.ts'
import type { EncryptionKey } from '../src/index.ts'
import { define, makeOver, startOver } from './durable-for-test.ts'
import { MemoryDisk } from './memory-files.ts'

const first: EncryptionKey = { id: 'first', key: Buffer.alloc(32, 1) }
const second: EncryptionKey = { id: 'second', key: Buffer.alloc(32, 2) }

const keyed = (
  ...encryptionKeys: readonly EncryptionKey[]
): { durable: { encryptionKeys: readonly EncryptionKey[] } } => ({
  durable: { encryptionKeys },
})

/** A disk with a task that waits and one that has ended, both encrypted with the first key. */
async function encrypted(): Promise<{ readonly disk: MemoryDisk; readonly ended: string; readonly waits: string }> {
  const disk = new MemoryDisk()
  const engine = await startOver(disk, keyed(first))
  const call = define(engine, 'double', (n: number) => 2 * n)
  const ended = engine.submit(call, [1])
  await ended.wait()
  await engine.pause()
  const waits = engine.submit(call, [2])
  await waits.accepted
  return { disk: disk.kill(), ended: ended.taskId, waits: waits.taskId }
}

/** Which keys the records on a disk are encrypted with. */
function keysOn(disk: MemoryDisk): string[] {
  const records = [...disk.entries].filter(([key]) => /^[tead]:/.test(key)).map(([, value]) => value)
  return [first, second].map(({ id }) => id).filter((id) => records.some((value) => value.includes(id)))
}

it('a key is rotated: the old one goes when nothing of it is left', async () => {
  const { disk, ended, waits } = await encrypted()
  expect(keysOn(disk)).toEqual(['first'])
  const engine = await startOver(disk, keyed(second, first))
  define(engine, 'double', (n: number) => 2 * n)
  await engine.drain()
  for (const [id, value] of [
    [ended, 2],
    [waits, 4],
  ] as const) {
    expect((await engine.find(id))?.outcome).toEqual({ status: 'completed', value })
  }
  const later = engine.submit(
    define(engine, 'late', (text: string) => text),
    ['new'],
  )
  await later.wait()
  expect(keysOn(disk)).toEqual(['first', 'second'])
})

it('a key that is missing is named at the start, and nothing is changed', async () => {
  const { disk, ended, waits } = await encrypted()
  const before = new Map(disk.entries)
  for (const wrong of [keyed(), keyed(second)]) {
    const started = makeOver(disk, wrong).start()
    await expect(started).rejects.toThrow(StoreError)
    await expect(started).rejects.toMatchObject({ reason: 'key', message: expect.stringContaining('key "first"') })
  }
  expect(disk.entries).toEqual(before)
  const engine = await startOver(disk, keyed(second, first))
  define(engine, 'double', (n: number) => 2 * n)
  await engine.drain()
  expect((await engine.find(waits))?.outcome).toEqual({ status: 'completed', value: 4 })
  expect((await engine.find(ended))?.outcome).toEqual({ status: 'completed', value: 2 })
  expect(deadLettersOf(engine).list()).toEqual([])
})

it('a key of ended tasks that is missing is named too, and their ends are kept', async () => {
  const { disk, ended, waits } = await encrypted()
  const middle = await startOver(disk, keyed(first))
  define(middle, 'double', (n: number) => 2 * n)
  await middle.drain()
  await middle.stop({ waitForCompletion: true, timeoutMs: 60_000 })
  const left = disk.kill()
  await expect(makeOver(left, keyed(second)).start()).rejects.toMatchObject({ reason: 'key' })
  const engine = await startOver(left, keyed(second, first))
  for (const id of [ended, waits]) expect((await engine.find(id))?.status).toBe('completed')
})
