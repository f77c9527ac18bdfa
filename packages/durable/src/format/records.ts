// What is stored of a task, as bytes and back. What comes back is checked: a file is anybody's until it is.
import { isSettled, taskStatuses } from '@catzilla/engine'
import type {
  ResolvedTaskOptions,
  SettledStatus,
  TaskLogLine,
  TaskOutcome,
  TaskPriority,
  TaskStats,
} from '@catzilla/engine'
import { placeOf } from './keys.ts'
import { restoreError, storeError } from './errors.ts'
import { UnreadableError } from './seal.ts'
import type { Seal } from './seal.ts'
import { packValue, unpackValue } from './values.ts'

/** An accepted task. */
export interface StoredTask {
  readonly taskId: string
  /** The class in which it was accepted, which its key says. */
  readonly priority: TaskPriority
  readonly name: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Epoch milliseconds before which it does not start; null: at once. */
  readonly dueAt: number | null
  readonly retryOf: string | null
  /** Options of the call that are not those of its definition. */
  readonly options: Partial<ResolvedTaskOptions>
  /** Its arguments are columns. */
  readonly columns: boolean
  readonly args: readonly unknown[]
}

/** How a task ended, and what was known of it then. */
export interface StoredEnd {
  readonly stats: Omit<TaskStats, 'status'> & { readonly status: SettledStatus }
  readonly outcome: TaskOutcome
  readonly logs: readonly TaskLogLine[]
  readonly lastHeartbeatAt: number | null
  readonly recovered: boolean
  /** For how long it is kept, from `stats.completedAt` on. */
  readonly keepResultMs: number
}

/** Attempts that a task has used up. */
export interface StoredAttempts {
  readonly attempts: number
  /** Of them, those in which the process died. */
  readonly recoveries: number
  readonly dueAt: number | null
}

/** Why a task is among the dead letters. */
export type DeathReason = 'crashed' | 'unreadable'

/** A dead letter: the bytes of the task as they were, and why it is not run. */
export interface StoredDeath {
  readonly reason: DeathReason
  readonly message: string
  readonly at: number
  readonly attempts: number
  readonly task: Uint8Array
}

/** @param args as `packValue` gave them: they are packed before the task is taken, for they may be what is refused */
export function writeTask(seal: Seal, key: string, task: Omit<StoredTask, 'args' | 'priority'>, args: Buffer): Buffer {
  const { taskId, name, createdAt, dueAt, retryOf, options, columns } = task
  const head = packValue([taskId, name, createdAt, dueAt, retryOf, options, columns])
  const whole = Buffer.allocUnsafe(4 + head.length + args.length)
  whole.writeUInt32LE(head.length)
  head.copy(whole, 4)
  args.copy(whole, 4 + head.length)
  return seal.close(key, whole)
}

/** @throws UnreadableError */
export function readTask(seal: Seal, key: string, bytes: Uint8Array): StoredTask {
  const whole = seal.open(key, bytes)
  require(whole.length >= 4 && whole.readUInt32LE() <= whole.length - 4, 'length')
  const headEnd = 4 + whole.readUInt32LE()
  const [taskId, name, createdAt, dueAt, retryOf, options, columns] = listOf(whole.subarray(4, headEnd))
  const args = listOf(whole.subarray(headEnd))
  require(typeof taskId === 'string' && typeof name === 'string', 'id and name')
  require(typeof createdAt === 'number', 'time of submission')
  require(dueAt === null || typeof dueAt === 'number', 'time')
  require(retryOf === null || typeof retryOf === 'string', 'origin')
  require(typeof options === 'object' && options !== null, 'options')
  require(typeof columns === 'boolean', 'kind')
  const priority = placeOf(key)?.priority
  require(priority !== undefined, 'key')
  return { taskId, priority, name, createdAt, dueAt, retryOf, options, columns, args }
}

/** A result that cannot be stored is left out, and the last line of the log says so. */
export function writeEnd(seal: Seal, key: string, end: StoredEnd): Buffer {
  const { outcome } = end
  const stored =
    outcome.status === 'completed'
      ? { value: outcome.value }
      : { error: storeError((outcome as { error: Error }).error) }
  try {
    return seal.close(key, packEnd(end, stored))
  } catch (error) {
    const message = `its result could not be stored: ${(error as Error).message}`
    const lines = end.logs.map(({ at, message: line }) => ({ at, message: line }))
    const logs = [...lines, { at: end.stats.completedAt ?? 0, message }]
    return seal.close(key, packEnd({ ...end, logs }, 'value' in stored ? { value: undefined } : stored))
  }
}

function packEnd({ stats, logs, lastHeartbeatAt, recovered, keepResultMs }: StoredEnd, stored: object): Buffer {
  return packValue([stats, stored, logs, lastHeartbeatAt, recovered, keepResultMs])
}

/** @throws UnreadableError */
export function readEnd(seal: Seal, key: string, bytes: Uint8Array): StoredEnd {
  const [stats, stored, logs, lastHeartbeatAt, recovered, keepResultMs] = listIn(seal, key, bytes)
  require(typeof stats === 'object' && stats !== null, 'figures')
  const found = stats as TaskStats
  require(taskStatuses.includes(found.status) && isSettled(found.status), 'status')
  require(typeof found.taskId === 'string' && typeof found.completedAt === 'number', 'figures')
  require(typeof stored === 'object' && stored !== null && Array.isArray(logs), 'end')
  require(lastHeartbeatAt === null || typeof lastHeartbeatAt === 'number', 'heartbeat')
  require(typeof recovered === 'boolean' && typeof keepResultMs === 'number', 'retention')
  const { status } = found
  const end = stored as { readonly value?: unknown; readonly error?: unknown }
  const outcome = (
    status === 'completed' ? { status, value: end.value } : { status, error: restoreError(end.error) }
  ) as TaskOutcome
  return {
    stats: found as StoredEnd['stats'],
    outcome,
    logs: logs as readonly TaskLogLine[],
    lastHeartbeatAt,
    recovered,
    keepResultMs,
  }
}

export function writeAttempts(seal: Seal, key: string, { attempts, recoveries, dueAt }: StoredAttempts): Buffer {
  return seal.close(key, packValue([attempts, recoveries, dueAt]))
}

/** @throws UnreadableError */
export function readAttempts(seal: Seal, key: string, bytes: Uint8Array): StoredAttempts {
  const [attempts, recoveries, dueAt] = listIn(seal, key, bytes)
  require(isCount(attempts) && isCount(recoveries), 'counts')
  require(dueAt === null || typeof dueAt === 'number', 'time')
  return { attempts, recoveries, dueAt }
}

export function writeDeath(seal: Seal, key: string, { reason, message, at, attempts, task }: StoredDeath): Buffer {
  return seal.close(key, packValue([reason, message, at, attempts, task]))
}

/** @throws UnreadableError */
export function readDeath(seal: Seal, key: string, bytes: Uint8Array): StoredDeath {
  const [reason, message, at, attempts, task] = listIn(seal, key, bytes)
  require(reason === 'crashed' || reason === 'unreadable', 'reason')
  require(typeof message === 'string' && typeof at === 'number' && isCount(attempts), 'account')
  require(task instanceof Uint8Array, 'task')
  return { reason, message, at, attempts, task }
}

function listIn(seal: Seal, key: string, bytes: Uint8Array): unknown[] {
  return listOf(seal.open(key, bytes))
}

function listOf(bytes: Uint8Array): unknown[] {
  let value: unknown
  try {
    value = unpackValue(bytes)
  } catch (error) {
    throw new UnreadableError(`it cannot be read: ${(error as Error).message}`, { cause: error })
  }
  require(Array.isArray(value), 'record')
  return value
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new UnreadableError(`its ${what} is not what this package writes`)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
