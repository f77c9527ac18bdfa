// One process has a directory at a time. Who that is stands in the store itself: a transaction of LMDB excludes those of
// other processes, so of two that find a dead owner only one takes its place.
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { keys } from '../format/keys.ts'
import { lockedStore } from './store-errors.ts'
import type { Store } from './store.ts'

/** Who has a directory. */
export interface Owner {
  readonly pid: number
  /** When the process began, in a measure of the system's own; tells it from a later one with the same number. */
  readonly began: string
  /** The machine or container in which the number means that process. */
  readonly space: string
  /** Epoch milliseconds at which it last said that it is there. */
  readonly seenAt: number
}

/** How often, in milliseconds, an owner says that it is there, and after how long one of another machine is taken for dead. */
export const SEEN_EVERY_MS = 5000
const DEAD_AFTER_MS = 20_000

/** What is asked of the system; given in tests. */
export interface ProcessWorld {
  readonly self: Pick<Owner, 'pid' | 'began' | 'space'>
  /** When the process of that number began; undefined when there is none. */
  beganOf(pid: number): string | undefined
}

export const thisWorld: ProcessWorld = {
  self: { pid: process.pid, began: beganOf(process.pid) ?? '', space: spaceName() },
  beganOf,
}

/**
 * Makes this process the owner.
 * @throws StoreError naming the owner that there is
 */
export function claim(store: Store, now: number, world: ProcessWorld = thisWorld): void {
  store.exclusively((inside) => {
    const owner = readOwner(inside)
    if (owner !== undefined) requireDead(owner, store.directory, now, world)
    return [{ key: keys.owner, value: bytesOf({ ...world.self, seenAt: now }) }]
  })
}

/** What is written while the process has the store. */
export function seenNow(now: number, world: ProcessWorld = thisWorld): { key: string; value: Buffer } {
  return { key: keys.owner, value: bytesOf({ ...world.self, seenAt: now }) }
}

/** The owner that stands in the store; undefined when nobody has it. */
export function readOwner(store: Pick<Store, 'get'>): Owner | undefined {
  const bytes = store.get(keys.owner)
  if (bytes === undefined) return undefined
  try {
    const found = JSON.parse(Buffer.from(bytes).toString()) as Partial<Owner>
    const { pid, began, space, seenAt } = found
    if (typeof pid !== 'number' || typeof began !== 'string' || typeof space !== 'string') return undefined
    return { pid, began, space, seenAt: typeof seenAt === 'number' ? seenAt : 0 }
  } catch {
    // damaged: nobody can be named, and whoever wrote it would have been seen by now
    return undefined
  }
}

/** Whether the process is there, as far as can be told from here. */
export function isAlive({ pid, began, space, seenAt }: Owner, now: number, world: ProcessWorld = thisWorld): boolean {
  if (hasRebooted(space, world.self.space)) return false
  if (space !== world.self.space) return now - seenAt < DEAD_AFTER_MS
  const there = world.beganOf(pid)
  return there !== undefined && (there === began || there === '' || began === '')
}

function requireDead(owner: Owner, directory: string, now: number, world: ProcessWorld): void {
  if (!isAlive(owner, now, world)) return
  const { pid, space } = owner
  if (pid === world.self.pid && space === world.self.space) {
    throw lockedStore(directory, `this process (pid ${pid})`, 'stop that engine first, or use another directory')
  }
  const elsewhere =
    space === world.self.space ? '' : ` of ${space}, last seen ${Math.round((now - owner.seenAt) / 1000)} s ago`
  throw lockedStore(directory, `process ${pid}${elsewhere}`, 'stop that process, or use another directory')
}

/** Whether one is the same machine as the other, started anew since. */
function hasRebooted(before: string, since: string): boolean {
  const [host, boot] = before.split(' ')
  const [sameHost, otherBoot] = since.split(' ')
  return host === sameHost && boot !== undefined && otherBoot !== undefined && boot !== otherBoot
}

function bytesOf(owner: Owner): Buffer {
  return Buffer.from(JSON.stringify(owner))
}

/** In clock ticks since the machine started, where the system tells; an empty text where it only says that there is one. */
function beganOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxBeganOf(pid)
  try {
    process.kill(pid, 0)
    return ''
  } catch (error) {
    // it is there, and somebody else's
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : undefined
  }
}

function linuxBeganOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name stands in brackets and may hold anything
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : rest[18]
  } catch {
    return undefined
  }
}

/** Where numbers of processes mean the same: one boot of one machine, one namespace of it. */
function spaceName(): string {
  const parts = [hostname()]
  try {
    parts.push(
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8),
      readlinkSync('/proc/self/ns/pid'),
    )
  } catch {
    // not Linux: the name of the machine has to do
  }
  return parts.join(' ')
}
