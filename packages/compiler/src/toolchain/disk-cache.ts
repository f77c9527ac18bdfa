// Compiled libraries on disk. They will be loaded into the process, so nothing is believed that another user could have
// written, and nothing that is not what was stored: an entry holds a hash of its key and its bytes. What does not fit is
// as if it were not there, and is stored again. No failure here is one of the caller.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Environment } from './find-compiler.ts'
import { scratchPrefix } from './scratch.ts'

const magic = Buffer.from('CTZBODY1')
const headBytes = magic.length + 32
const entrySuffix = '.bodies'
const unfinishedSuffix = '.new'
const mostEntryBytes = 2 ** 24
const touchAfterMs = 60_000
const sweepAfterMs = 3_600_000

/** CATZILLA_CACHE, or `catzilla` where the user's caches are; undefined when that is `off`, or nobody knows. */
export function cacheFolderOf(env: Environment): string | undefined {
  const { CATZILLA_CACHE: asked, XDG_CACHE_HOME: caches, HOME: home } = env
  if (asked === 'off') return undefined
  if (asked !== undefined && asked !== '') return resolve(asked)
  if (caches?.startsWith('/') === true) return join(caches, 'catzilla')
  return home?.startsWith('/') === true ? join(home, '.cache', 'catzilla') : undefined
}

export class DiskCache {
  readonly #folder: string
  readonly #mostBytes: number

  constructor(folder: string, mostBytes: number) {
    this.#folder = folder
    this.#mostBytes = mostBytes
  }

  /** The folder, made if need be; undefined when it is not ours alone. */
  async folder(): Promise<string | undefined> {
    try {
      await makeFolder(this.#folder)
      const about = await lstat(this.#folder)
      return about.isDirectory() && isOwn(about) && (about.mode & 0o077) === 0 ? this.#folder : undefined
    } catch {
      return undefined
    }
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      const folder = await this.folder()
      return folder === undefined ? undefined : await readEntry(join(folder, key + entrySuffix), key)
    } catch {
      return undefined
    }
  }

  /** False when it could not be stored. */
  async write(key: string, bytes: Uint8Array): Promise<boolean> {
    const folder = await this.folder()
    if (folder === undefined || headBytes + bytes.length > Math.min(this.#mostBytes, mostEntryBytes)) return false
    const unfinished = join(folder, `${key}.${randomBytes(6).toString('hex')}${unfinishedSuffix}`)
    try {
      await writeNew(unfinished, [magic, hashOf(key, bytes), bytes])
      // readers see the old entry or the new one, never a part
      await rename(unfinished, join(folder, key + entrySuffix))
      await this.#sweep(folder)
      return true
    } catch {
      await rm(unfinished, { force: true }).catch(() => {})
      return false
    }
  }

  /** Entries that were not used for longest go, and what processes that were killed have left. */
  async #sweep(folder: string): Promise<void> {
    const entries: { path: string; size: number; usedAt: number }[] = []
    const now = Date.now()
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      const about = await lstat(path).catch(() => undefined)
      if (about === undefined) continue
      if (name.endsWith(entrySuffix)) entries.push({ path, size: about.size, usedAt: about.mtimeMs })
      else if (isLeftOver(name) && now - about.mtimeMs > sweepAfterMs) await rm(path, { recursive: true, force: true })
    }
    let sum = entries.reduce((before, { size }) => before + size, 0)
    for (const { path, size } of entries.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (sum <= this.#mostBytes) break
      await rm(path, { recursive: true, force: true })
      sum -= size
    }
  }
}

/** Node's own recursive way never ends where the parent exists and yet ENOENT is the answer, as below /proc. */
async function makeFolder(folder: string): Promise<void> {
  const failure = await tryToMake(folder)
  if (failure !== 'ENOENT' || dirname(folder) === folder) return
  await makeFolder(dirname(folder))
  await tryToMake(folder)
}

const tryToMake = (folder: string): Promise<unknown> =>
  mkdir(folder, { mode: 0o700 }).then(
    () => undefined,
    (thrown: unknown) => (thrown as NodeJS.ErrnoException).code,
  )

const isLeftOver = (name: string): boolean => name.endsWith(unfinishedSuffix) || name.startsWith(scratchPrefix)

const isOwn = (about: Stats): boolean => about.uid === process.geteuid?.()

const hashOf = (key: string, bytes: Uint8Array): Buffer => createHash('sha256').update(key).update(bytes).digest()

async function readEntry(path: string, key: string): Promise<Uint8Array | undefined> {
  // without waiting for whoever would write to a pipe of this name
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const about = await file.stat()
    if (!about.isFile() || !isOwn(about) || (about.mode & 0o022) !== 0 || about.size > mostEntryBytes) return undefined
    const all = await file.readFile()
    if (all.length <= headBytes || !all.subarray(0, magic.length).equals(magic)) return undefined
    const bytes = new Uint8Array(all.buffer, all.byteOffset + headBytes, all.length - headBytes)
    if (!timingSafeEqual(all.subarray(magic.length, headBytes), hashOf(key, bytes))) return undefined
    const now = new Date()
    if (now.getTime() - about.mtimeMs > touchAfterMs) await file.utimes(now, now).catch(() => {})
    return bytes
  } finally {
    await file.close()
  }
}

async function writeNew(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(Buffer.concat(parts))
  } finally {
    await file.close()
  }
}
