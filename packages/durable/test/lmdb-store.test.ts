// The store in files: what it keeps, who may have it, and which error says what is wrong with a directory.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoreError, createTypeScriptEngine } from '@catzilla/engine'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keys } from '../src/format/keys.ts'
import { createDurableEngine } from '../src/index.ts'
import { identify } from '../src/store/identity.ts'
import { LmdbStore } from '../src/store/lmdb-store.ts'
import { claim, isAlive, readOwner, seenNow } from '../src/store/owner.ts'
import type { ProcessWorld } from '../src/store/owner.ts'
import { RunningFile } from '../src/store/running-file.ts'
import { asStoreError } from '../src/store/store-errors.ts'
import { bundled } from './bundled.ts'

let root = ''
const stores: LmdbStore[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catzilla-store-'))
})

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
  rmSync(root, { recursive: true, force: true })
})

function open(directory = join(root, 'data'), existing = false): LmdbStore {
  const store = new LmdbStore(directory, { synced: true, existing })
  stores.push(store)
  return store
}

/** The StoreError that the call throws; anything else is thrown on. */
function failureOf(call: () => unknown): StoreError {
  try {
    call()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** A store with something in it, closed. */
async function filled(): Promise<string> {
  const store = open()
  identify(store)
  await store.write(Array.from({ length: 500 }, (_, n) => ({ key: `k${n}`, value: Buffer.alloc(500, n) })))
  await store.close()
  return store.directory
}

describe('the store', () => {
  it('keeps what was written, in order, also when it is opened again', async () => {
    const store = open()
    await store.write([
      { key: 'b', value: Buffer.from('2') },
      { key: 'a', value: Buffer.from('1') },
      { key: 'c', value: Buffer.from('3') },
    ])
    await store.write([{ key: 'b', value: undefined }])
    await store.close()
    const again = open()
    const names = (reverse: boolean): string[] =>
      [...again.entries({ from: 'a', to: 'z', reverse })].map(({ key }) => key)
    expect(names(false)).toEqual(['a', 'c'])
    expect(names(true)).toEqual(['c', 'a'])
    expect([...again.entries({ from: 'a', to: 'c', reverse: true })].map(({ key }) => key)).toEqual(['a'])
    expect(Buffer.from(again.get('c') ?? []).toString()).toBe('3')
    expect(again.get('b')).toBeUndefined()
    expect(again.figures().entries).toBe(2)
  })

  it('is readable by its owner only', async () => {
    const directory = await filled()
    const notes = new RunningFile(directory)
    notes.close()
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    const modes = readdirSync(directory).map((name) => statSync(join(directory, name)).mode & 0o777)
    expect(modes).toEqual([0o600, 0o600, 0o600])
  })

  it('may be in a directory whose name looks like that of a file', async () => {
    const store = open(join(root, 'tasks.v1.db'))
    await store.write([{ key: 'a', value: Buffer.from('1') }])
    expect(readdirSync(join(root, 'tasks.v1.db')).toSorted()).toEqual(['data.mdb', 'lock.mdb'])
  })

  it('is closed once, and says so afterwards', async () => {
    const store = open()
    await store.close()
    await store.close()
    expect(failureOf(() => store.get('a')).reason).toBe('closed')
    await expect(store.write([])).rejects.toThrow(/is closed; make a new engine/)
  })

  it('is copied without the room of what was removed', async () => {
    const store = open()
    await store.write(Array.from({ length: 4000 }, (_, n) => ({ key: `k${n}`, value: Buffer.alloc(1000, 1) })))
    await store.write(Array.from({ length: 3900 }, (_, n) => ({ key: `k${n}`, value: undefined })))
    const before = store.figures()
    await store.copyTo(join(root, 'copy'))
    await store.close()
    const copy = open(join(root, 'copy'), true)
    expect(copy.figures().entries).toBe(before.entries)
    expect(copy.get('k3950')?.length).toBe(1000)
    expect(statSync(join(root, 'copy', 'data.mdb')).size).toBeLessThan(before.bytes)
  })
})

describe('a directory that is not what it should be', () => {
  it('holds files of somebody else', () => {
    writeFileSync(join(root, 'thesis.doc'), 'years of work')
    const { reason, message } = failureOf(() => open(root))
    expect(reason).toBe('foreign')
    expect(message).toContain('"thesis.doc"')
    expect(message).toContain('choose an empty directory')
  })

  it('is a file', () => {
    writeFileSync(join(root, 'file'), '')
    expect(failureOf(() => open(join(root, 'file'))).reason).toMatch(/foreign|failed/)
  })

  it('has a data file of another program', async () => {
    mkdirSync(join(root, 'data'))
    writeFileSync(join(root, 'data', 'data.mdb'), Buffer.alloc(100_000, 7))
    expect(failureOf(() => open())).toMatchObject({ reason: 'foreign' })
  })

  it('has an LMDB store of another program', async () => {
    const store = open()
    await store.write([{ key: 'theirs', value: Buffer.from('x') }])
    expect(failureOf(() => identify(store))).toMatchObject({ reason: 'foreign' })
    await store.write([{ key: keys.meta, value: Buffer.from('{"format": "other"}') }])
    expect(failureOf(() => identify(store)).message).toContain('"other"')
  })

  it('was written by a newer version', async () => {
    const store = open()
    await store.write([
      { key: keys.meta, value: Buffer.from('{"format": "catzilla-durable", "version": 99, "prefix": "0123456789"}') },
    ])
    const { reason, message } = failureOf(() => identify(store))
    expect(reason).toBe('version')
    expect(message).toMatch(/format 99, this one reads up to 2\); update the package/)
  })

  it.each([
    ['cut in half', (path: string) => truncateSync(path, 65_536), 'corrupt'],
    ['cut to less than a page', (path: string) => truncateSync(path, 100), 'foreign'],
    ['torn in its first page', (path: string) => tear(path, 0), 'corrupt'],
    ['torn in its second page', (path: string) => tear(path, 4096), 'corrupt'],
  ])('has a data file %s', async (_, damage, expected) => {
    const directory = await filled()
    damage(join(directory, 'data.mdb'))
    const { reason, message } = failureOf(() => open())
    expect(reason).toBe(expected)
    expect(message).toContain(directory)
    expect(message).toMatch(/copy of it|empty directory/)
  })

  it('is not there, where a command looks into one', () => {
    expect(failureOf(() => open(join(root, 'nowhere'), true)).message).toContain('does not exist')
    expect(failureOf(() => open(root, true)).message).toContain('no data.mdb')
  })

  it('is not writable', () => {
    const words = (code: string): StoreError =>
      asStoreError(Object.assign(new Error(code), { code }), './data', 'opening')
    expect(words('EACCES')).toMatchObject({ reason: 'permission' })
    expect(words('EROFS').message).toMatch(/read-only .* mount it writable/)
    expect(words('ENOSPC').message).toMatch(/no room for more .* free disk space/)
    expect(words('MDB_CORRUPTED')).toMatchObject({ reason: 'corrupt' })
    expect(words('something else')).toMatchObject({ reason: 'failed' })
  })

  it.skipIf(process.getuid?.() === 0)('is not writable for this user', () => {
    mkdirSync(join(root, 'data'), { mode: 0o500 })
    expect(failureOf(() => open()).reason).toBe('permission')
  })

  it.skipIf(process.getuid?.() !== 0)('is not writable for another user', async () => {
    const directory = await filled()
    chmodSync(root, 0o755)
    chmodSync(directory, 0o755)
    for (const name of readdirSync(directory)) chmodSync(join(directory, name), 0o644)
    const said = execFileSync(process.execPath, [await bundled('other-user'), directory], { encoding: 'utf8' })
    expect(said).toMatch(/^permission: .* may not be read or written by this user .*; give this user rights/)
  })

  it('of a foreign program is left as it is', async () => {
    const store = open()
    await store.write([{ key: 'theirs', value: Buffer.from('x') }])
    await store.close()
    const engine = createDurableEngine(createTypeScriptEngine(), store.directory)
    await expect(engine.start()).rejects.toMatchObject({ reason: 'foreign' })
    expect([...open().entries({ from: '\0', to: '\uffff' })].map(({ key }) => key)).toEqual(['theirs'])
  })
})

function tear(path: string, at: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(2048, 9), 0, 2048, at)
  closeSync(file)
}

describe('a disk that fills up', () => {
  it('gives an error, loses nothing that was written, and works again when there is room', async () => {
    // in a process of its own, whose files may not grow beyond 12 MiB
    const program = await bundled('full-disk')
    const inShell = ['-c', 'ulimit -f 24576; exec "$0" "$@"', process.execPath, program, join(root, 'data')]
    const said = execFileSync('sh', inShell, { encoding: 'utf8' })
    const { written, refused, kept, after } = JSON.parse(said) as Record<string, number>
    expect(written).toBeGreaterThan(100)
    expect(refused).toBe(50)
    expect(kept).toBe(written)
    expect(after).toBe(1)
  })
})

describe('the owner of a directory', () => {
  const here: ProcessWorld = {
    self: { pid: 10, began: '500', space: 'host boot ns' },
    beganOf: (pid) => alive.get(pid),
  }
  const alive = new Map<number, string>()
  const as = (pid: number, began: string, space = 'host boot ns'): ProcessWorld => ({
    ...here,
    self: { pid, began, space },
  })

  beforeEach(() => alive.clear())

  it('is named to the second one', () => {
    const store = open()
    alive.set(10, '500')
    claim(store, 0, here)
    expect(failureOf(() => claim(store, 1, as(11, '600'))).message).toMatch(/in use by process 10; stop that process/)
    expect(failureOf(() => claim(store, 1, here)).message).toMatch(
      /in use by this process \(pid 10\); stop that engine/,
    )
    expect(readOwner(store)).toMatchObject({ pid: 10 })
  })

  it('is replaced when it is dead, or its number is that of another process by now', () => {
    const store = open()
    claim(store, 0, here)
    claim(store, 1, as(11, '600'))
    expect(readOwner(store)?.pid).toBe(11)
    alive.set(11, '700')
    claim(store, 2, as(12, '800'))
    expect(readOwner(store)?.pid).toBe(12)
  })

  it('on another machine or in another container is alive as long as it says so', () => {
    const store = open()
    claim(store, 0, as(10, '500', 'other boot ns'))
    expect(failureOf(() => claim(store, 15_000, here)).message).toMatch(
      /process 10 of other boot ns, last seen 15 s ago/,
    )
    claim(store, 21_000, here)
    expect(readOwner(store)?.space).toBe('host boot ns')
  })

  it('of an earlier boot of this machine is dead at once', () => {
    const store = open()
    claim(store, 0, as(10, '500', 'host earlier ns'))
    alive.set(10, '500')
    expect(isAlive({ pid: 10, began: '500', space: 'host earlier ns', seenAt: 0 }, 1, here)).toBe(false)
    claim(store, 1, as(11, '600'))
    expect(readOwner(store)?.pid).toBe(11)
  })

  it('that cannot be read is nobody', async () => {
    const store = open()
    await store.write([{ key: keys.owner, value: Buffer.from('garbage') }])
    claim(store, 0, here)
    await store.write([seenNow(5, here)])
    expect(readOwner(store)).toEqual({ pid: 10, began: '500', space: 'host boot ns', seenAt: 5 })
  })
})

describe('the notes of what runs', () => {
  it('outlive whoever made them, the latest in each place', async () => {
    const directory = await filled()
    const notes = new RunningFile(directory)
    const slot = notes.begin({ sequence: 2 ** 40, priority: 3 }, 7)
    notes.begin({ sequence: 5, priority: 0 }, 1)
    notes.free(slot)
    notes.begin({ sequence: 6, priority: 1 }, 2)
    const later = new RunningFile(directory)
    expect(later.read()).toEqual([
      { sequence: 6, priority: 1, attempt: 2 },
      { sequence: 5, priority: 0, attempt: 1 },
    ])
    later.clear()
    expect(later.read()).toEqual([])
    for (const each of [notes, later]) each.close()
  })

  it('pass over what is none of theirs', async () => {
    const directory = await filled()
    writeFileSync(join(directory, 'running.bin'), Buffer.alloc(37, 0xff))
    const notes = new RunningFile(directory)
    expect(notes.read()).toEqual([])
    notes.close()
  })
})
