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
import type { Draft, Pages } from './draft.ts'
import { restoreError, storeError, withRestoredErrors, withStoredErrors } from './errors.ts'
import { UnreadableError } from './seal.ts'
import type { Seal } from './seal.ts'
import { addArguments, addValue, packValue, unpackValue } from './values.ts'

/** Of the two times in the record of a task. */
const TIMES_BYTES = 16

/**
 * What the arguments are: those of the body; or columns of numbers, which the native lane takes whole, threads and processes
 * go through by themselves, and elsewhere a loop round the body does.
 */
export type TaskForm = 'plain' | 'columns' | 'rows' | 'rowByRow'

const forms: ReadonlySet<unknown> = new Set<TaskForm>(['plain', 'columns', 'rows', 'rowByRow'])

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
  readonly form: TaskForm
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

/** The part of a task's record that all tasks of a call have in common, packed once. */
export function packKind({ name, options, form }: Pick<StoredTask, 'name' | 'options' | 'form'>): Buffer {
  return packValue([name, options, form])
}

/**
 * The record of a task begins with its arguments: they may be refused, which is to be known before the task is taken.
 * @throws DataCloneError for what cannot be written
 */
export function beginTask(pages: Pages, args: readonly unknown[]): Draft {
  const draft = pages.begin()
  const mark = draft.lengthLater()
  draft.args = addArguments(draft, args)
  draft.lengthSince(mark)
  return draft
}

/** What an id is put together of. */
export interface TaskIdParts {
  readonly prefix: string
  readonly sequence: number
  readonly slot: number
}

/** @param draft as `beginTask` gave it, @param kind as `packKind` did */
export function finishTask(
  draft: Draft,
  { prefix, sequence, slot }: TaskIdParts,
  { createdAt, dueAt, retryOf }: Pick<StoredTask, 'createdAt' | 'dueAt' | 'retryOf'>,
  kind: Uint8Array,
): void {
  draft.sequence = sequence
  draft.float64(createdAt)
  draft.float64(dueAt ?? Number.NaN)
  draft.taskId(prefix, sequence, slot)
  draft.shortText(retryOf ?? '')
  draft.bytes(kind)
  draft.complete()
}

/** A record by itself, in an envelope of its own. */
export function sealTask(seal: Seal, key: string, record: Uint8Array): Buffer {
  const draft = seal.begin()
  draft.bytes(record)
  return seal.close(key, draft)
}

/** @param record out of its envelope or its segment, @param priority which its key says @throws UnreadableError */
export function readTask(record: Buffer, priority: TaskPriority): StoredTask {
  const [packedArgs, rest] = twoParts(record)
  require(rest.length > TIMES_BYTES, 'length')
  const createdAt = rest.readDoubleLE(0)
  const due = rest.readDoubleLE(8)
  const [taskId, idEnd] = shortTextAt(rest, TIMES_BYTES)
  const [retryOf, kindAt] = shortTextAt(rest, idEnd)
  const args = listOf(packedArgs)
  const [name, options, form] = listOf(rest.subarray(kindAt))
  require(taskId !== '' && typeof name === 'string', 'id and name')
  require(Number.isFinite(createdAt), 'time of submission')
  require(typeof options === 'object' && options !== null, 'options')
  require(isForm(form), 'form')
  const dueAt = Number.isNaN(due) ? null : due
  return { taskId, priority, name, createdAt, dueAt, retryOf: retryOf === '' ? null : retryOf, options, form, args }
}

/** A result that cannot be stored is left out, and the last line of the log says so. */
export function writeEnd(seal: Seal, key: string, end: StoredEnd): Buffer {
  const { outcome, logs, stats } = end
  const isCompleted = outcome.status === 'completed'
  const stored = isCompleted ? outcome.value : storeError((outcome as { error: Error }).error)
  try {
    return packEnd(seal, key, end, [stored, stats.progress, logs])
  } catch (error) {
    const message = `its result could not be stored: ${(error as Error).message}`
    const lines = logs.map(({ at, message: line }) => ({ at, message: line }))
    const kept = isCompleted ? undefined : stored
    return packEnd(seal, key, end, [kept, stats.progress, [...lines, { at: stats.completedAt ?? 0, message }]])
  }
}

/** @param ofUsers what users made of it, which may be anything */
function packEnd(seal: Seal, key: string, end: StoredEnd, ofUsers: readonly unknown[]): Buffer {
  const { stats, lastHeartbeatAt, recovered, keepResultMs } = end
  const { taskId, name, status, priority, lane, engine, createdAt, startedAt, completedAt } = stats
  const { waitTimeMs, executionTimeMs, memoryUsageMb, retries, workerId } = stats
  const draft = seal.begin()
  const mark = draft.lengthLater()
  addValue(draft, ofUsers)
  draft.lengthSince(mark)
  const times = [createdAt, startedAt, completedAt, waitTimeMs, executionTimeMs] as const
  const whose = [taskId, name, status, priority, lane, engine] as const
  addValue(draft, [...whose, ...times, memoryUsageMb, retries, workerId, lastHeartbeatAt, recovered, keepResultMs])
  return seal.close(key, draft)
}

/** @throws UnreadableError */
export function readEnd(seal: Seal, key: string, bytes: Uint8Array): StoredEnd {
  const [packed, rest] = twoParts(seal.open(key, bytes))
  const [stored, progress, logs] = listOf(packed)
  const [taskId, name, status, priority, lane, engine, createdAt, startedAt, completedAt, ...more] = listOf(rest)
  const [waitTimeMs, executionTimeMs, memoryUsageMb, retries, workerId, lastHeartbeatAt, recovered, keepResultMs] = more
  require(taskStatuses.includes(status as SettledStatus) && isSettled(status as SettledStatus), 'status')
  require(typeof taskId === 'string' && typeof name === 'string' && typeof completedAt === 'number', 'figures')
  require(Array.isArray(logs), 'end')
  require(lastHeartbeatAt === null || typeof lastHeartbeatAt === 'number', 'heartbeat')
  require(typeof recovered === 'boolean' && typeof keepResultMs === 'number', 'retention')
  const whose = { taskId, name, status, priority, lane, engine }
  const times = { createdAt, startedAt, completedAt, waitTimeMs, executionTimeMs }
  const stats = { ...whose, ...times, memoryUsageMb, retries, workerId, progress } as StoredEnd['stats']
  const outcome = (
    status === 'completed' ? { status, value: stored } : { status, error: restoreError(stored) }
  ) as TaskOutcome
  return { stats, outcome, logs: logs as readonly TaskLogLine[], lastHeartbeatAt, recovered, keepResultMs }
}

export function writeAttempts(seal: Seal, key: string, { attempts, recoveries, dueAt }: StoredAttempts): Buffer {
  return packList(seal, key, [attempts, recoveries, dueAt])
}

/** @throws UnreadableError */
export function readAttempts(seal: Seal, key: string, bytes: Uint8Array): StoredAttempts {
  const [attempts, recoveries, dueAt] = listIn(seal, key, bytes)
  require(isCount(attempts) && isCount(recoveries), 'counts')
  require(dueAt === null || typeof dueAt === 'number', 'time')
  return { attempts, recoveries, dueAt }
}

export function writeDeath(seal: Seal, key: string, { reason, message, at, attempts, task }: StoredDeath): Buffer {
  return packList(seal, key, [reason, message, at, attempts, task])
}

/** @throws UnreadableError */
export function readDeath(seal: Seal, key: string, bytes: Uint8Array): StoredDeath {
  const [reason, message, at, attempts, task] = listIn(seal, key, bytes)
  require(reason === 'crashed' || reason === 'unreadable', 'reason')
  require(typeof message === 'string' && typeof at === 'number' && isCount(attempts), 'account')
  require(task instanceof Uint8Array, 'task')
  return { reason, message, at, attempts, task }
}

/** A value of others; what it holds may be errors. @throws DataCloneError for what cannot be written */
export function writeRecord(seal: Seal, key: string, value: unknown): Buffer {
  return packList(seal, key, [withStoredErrors(value)])
}

/** @throws UnreadableError */
export function readRecord(seal: Seal, key: string, bytes: Uint8Array): unknown {
  const list = listIn(seal, key, bytes)
  require(list.length === 1, 'value')
  return withRestoredErrors(list[0])
}

function packList(seal: Seal, key: string, list: readonly unknown[]): Buffer {
  const draft = seal.begin()
  addValue(draft, list)
  return seal.close(key, draft)
}

/** Of a record that begins with the length of its first part. */
function twoParts(whole: Buffer): [Buffer, Buffer] {
  require(whole.length >= 4 && whole.readUInt32LE() <= whole.length - 4, 'length')
  const firstEnd = 4 + whole.readUInt32LE()
  return [whole.subarray(4, firstEnd), whole.subarray(firstEnd)]
}

/** A text behind its length, and where it ends. */
function shortTextAt(bytes: Buffer, at: number): [string, number] {
  const end = at + 1 + (bytes[at] ?? 0)
  require(end <= bytes.length, 'length')
  return [bytes.toString('latin1', at + 1, end), end]
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

function isForm(value: unknown): value is TaskForm {
  return forms.has(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
