// What the disk cache believes, and what it does not.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolderOf, DiskCache } from '../../src/toolchain/disk-cache.ts'
import { newFolder } from './fakes.ts'

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const key = keyOf('a')
const bytes = new TextEncoder().encode('the bytes of a library')

async function filled(): Promise<{ cache: DiskCache; folder: string; entry: string }> {
  const folder = newFolder()
  const cache = new DiskCache(folder, 2 ** 20)
  expect(await cache.write(key, bytes)).toBe(true)
  return { cache, folder, entry: join(folder, `${key}.bodies`) }
}

test('gives back what was stored, to others too, and nothing else', async () => {
  const { cache, folder, entry } = await filled()
  expect(await cache.read(key)).toEqual(bytes)
  expect(await new DiskCache(folder, 2 ** 20).read(key)).toEqual(bytes)
  expect(await cache.read(keyOf('b'))).toBeUndefined()
  expect(statSync(entry).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual([`${key}.bodies`])
})

test('makes its folder for its owner only', async () => {
  const folder = join(newFolder(), 'deep', 'catzilla')
  const cache = new DiskCache(folder, 2 ** 20)
  await cache.write(key, bytes)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(await cache.read(key)).toEqual(bytes)
})

test.each<[string, (entry: string) => void]>([
  ['is cut', (entry) => truncateSync(entry, 45)],
  ['is cut within its head', (entry) => truncateSync(entry, 20)],
  ['is empty', (entry) => truncateSync(entry, 0)],
  ['has another byte', (entry) => flip(entry, 50)],
  ['has another hash', (entry) => flip(entry, 12)],
  ['is of another version', (entry) => flip(entry, 7)],
  ['has more bytes', (entry) => writeFileSync(entry, 'x', { flag: 'a' })],
  ['is larger than any', (entry) => truncateSync(entry, 2 ** 24 + 1)],
  ['may be written by a group', (entry) => chmodSync(entry, 0o620)],
  ['may be written by everybody', (entry) => chmodSync(entry, 0o602)],
  ['is a symbolic link', (entry) => replace(entry, (other) => symlinkSync(other, entry))],
  ['is a folder', (entry) => replace(entry, () => mkdirSync(entry))],
])('does not believe an entry that %s', async (_, spoil) => {
  const { cache, entry } = await filled()
  spoil(entry)
  expect(await cache.read(key)).toBeUndefined()
  if (statSync(entry).isDirectory()) return
  expect(await cache.write(key, bytes)).toBe(true)
  expect(await cache.read(key)).toEqual(bytes)
})

test('does not believe the entry of another key', async () => {
  const { cache, folder, entry } = await filled()
  linkSync(entry, join(folder, `${keyOf('b')}.bodies`))
  expect(await cache.read(keyOf('b'))).toBeUndefined()
})

test('believes only what the same user has written', async () => {
  const { cache } = await filled()
  const { geteuid } = process
  if (geteuid === undefined) return
  process.geteuid = () => geteuid() + 1
  try {
    expect(await cache.read(key)).toBeUndefined()
    expect(await cache.write(keyOf('b'), bytes)).toBe(false)
  } finally {
    process.geteuid = geteuid
  }
  expect(await cache.read(key)).toEqual(bytes)
})

test.each<[string, (folder: string) => void]>([
  ['others may enter', (folder) => chmodSync(folder, 0o755)],
  ['is a symbolic link', (folder) => replace(folder, (other) => symlinkSync(other, folder))],
  ['is a file', (folder) => replace(folder, () => writeFileSync(folder, ''))],
])('neither reads nor writes in a folder that %s', async (_, spoil) => {
  const { cache, folder } = await filled()
  spoil(folder)
  expect(await cache.folder()).toBeUndefined()
  expect(await cache.read(key)).toBeUndefined()
  expect(await cache.write(keyOf('b'), bytes)).toBe(false)
})

test('does no harm where nothing can be written', async () => {
  const inside = join(newFolder(), 'file')
  writeFileSync(inside, '')
  for (const folder of [join(inside, 'cache'), '/proc/catzilla', '/dev/null']) {
    const cache = new DiskCache(folder, 2 ** 20)
    expect(await cache.write(key, bytes)).toBe(false)
    expect(await cache.read(key)).toBeUndefined()
  }
})

test('leaves nothing unfinished behind when an entry cannot be put in its place', async () => {
  const { cache, folder } = await filled()
  const wanted = keyOf('b')
  mkdirSync(join(folder, `${wanted}.bodies`))
  writeFileSync(join(folder, `${wanted}.bodies`, 'in-the-way'), '')
  expect(await cache.write(wanted, bytes)).toBe(false)
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
  expect(await cache.read(key)).toEqual(bytes)
})

test('stays within its size: what was not used for longest goes', async () => {
  const folder = newFolder()
  const large = new Uint8Array(1000)
  const cache = new DiskCache(folder, 3 * (1000 + 40))
  const hourAgo = Date.now() / 1000 - 3600
  for (const [index, text] of ['a', 'b', 'c'].entries()) {
    await cache.write(keyOf(text), large)
    utimesSync(join(folder, `${keyOf(text)}.bodies`), hourAgo + index, hourAgo + index)
  }
  expect(await cache.read(keyOf('a'))).toEqual(large)
  await cache.write(keyOf('d'), large)
  expect(await cache.read(keyOf('b'))).toBeUndefined()
  for (const text of ['a', 'c', 'd']) expect(await cache.read(keyOf(text))).toEqual(large)
  expect(await cache.write(keyOf('e'), new Uint8Array(4000))).toBe(false)
})

test('sweeps what processes that were killed have left, when it is old', async () => {
  const { cache, folder } = await filled()
  const old = ['job-old', `${key}.0.new`]
  const young = ['job-young', `${key}.1.new`, 'something else']
  for (const name of [...old, ...young]) mkdirSync(join(folder, name))
  for (const name of [...old, 'something else']) utimesSync(join(folder, name), 1000, 1000)
  await cache.write(keyOf('b'), bytes)
  expect(readdirSync(folder).toSorted()).toEqual([...young, `${key}.bodies`, `${keyOf('b')}.bodies`].toSorted())
})

test('is safe in many hands at once', async () => {
  const folder = newFolder()
  const caches = Array.from({ length: 8 }, () => new DiskCache(folder, 2 ** 20))
  const large = new Uint8Array(100_000).fill(7)
  const reads: Promise<Uint8Array | undefined>[] = []
  await Promise.all(
    caches.map(async (cache) => {
      for (let i = 0; i < 10; i++) {
        reads.push(cache.read(key))
        await cache.write(key, large)
      }
    }),
  )
  for (const read of await Promise.all(reads))
    expect(read === undefined || large.every((byte, i) => read[i] === byte)).toBe(true)
  expect(readdirSync(folder)).toEqual([`${key}.bodies`])
})

test('is where the environment says', () => {
  const home = { HOME: '/people/x' }
  expect(cacheFolderOf(home)).toBe('/people/x/.cache/catzilla')
  expect(cacheFolderOf({ ...home, XDG_CACHE_HOME: '/caches' })).toBe('/caches/catzilla')
  expect(cacheFolderOf({ ...home, XDG_CACHE_HOME: 'caches' })).toBe('/people/x/.cache/catzilla')
  expect(cacheFolderOf({ ...home, CATZILLA_CACHE: '/mine' })).toBe('/mine')
  expect(cacheFolderOf({ ...home, CATZILLA_CACHE: '' })).toBe('/people/x/.cache/catzilla')
  expect(cacheFolderOf({ ...home, CATZILLA_CACHE: 'off' })).toBeUndefined()
  expect(cacheFolderOf({})).toBeUndefined()
})

function flip(path: string, at: number): void {
  const all = readFileSync(path)
  all[at] = (all[at] ?? 0) ^ 1
  writeFileSync(path, all)
}

/** Moves away what is at the path, and puts something else there. */
function replace(path: string, put: (other: string) => void): void {
  renameSync(path, `${path}-moved`)
  put(`${path}-moved`)
}
