// What is said to a task that its process has failed: how a process ended, in words, and the errors that come of it.
import { MemoryLimitError, PayloadError, TaskCrashedError, toError } from '../../contract/errors.ts'
import type { LastWords } from './last-words.ts'

export interface ProcessEnd {
  readonly pid: number
  readonly exitCode: number | null
  readonly signalCode: NodeJS.Signals | null
  /** The engine had asked it to go, or killed it. */
  readonly asked: boolean
  /** The latest it wrote there. */
  readonly stderr: string
  /** The exception that nobody caught. */
  readonly failure: Error | undefined
  /** What made the engine give it up. */
  readonly why: string | undefined
  /** Whose code ended it, as far as the process could tell. */
  readonly lastWords: LastWords | undefined
}

/** What V8 writes before it aborts for want of memory. */
const OUT_OF_MEMORY = /heap out of memory|Allocation failed|OutOfMemory/

/** The error of the task that a process ran when it ended. */
export function crashError(task: string, end: ProcessEnd, memoryLimitMb: number): Error {
  if (ranOutOfMemory(end)) {
    return new MemoryLimitError(
      `task '${task}': its process (${end.pid}) ran out of memory before its memoryLimitMb of ${memoryLimitMb} MiB was seen to be passed: ${howItEnded(end)}; raise memoryLimitMb or work on smaller pieces`,
    )
  }
  const cause = end.failure === undefined ? undefined : { cause: end.failure }
  return new TaskCrashedError(`task '${task}': its process (${end.pid}) ended while it ran: ${howItEnded(end)}`, cause)
}

/** The error of tasks for which no process could be started. */
export function noProcessError(task: string, end: ProcessEnd, times: number): TaskCrashedError {
  const lines = end.stderr.trim().split('\n').slice(-24).join('\n')
  const said = lines === '' ? 'it wrote nothing to stderr' : `its stderr ends with:\n${lines}`
  const cause = end.failure === undefined ? undefined : { cause: end.failure }
  return new TaskCrashedError(
    `task '${task}': no process of the process lane stays up: ${times} in a row ended before they ran a task, the latest because ${howItEnded(end)}; ${said}`,
    cause,
  )
}

/** The error of a task that ends processes before it begins. */
export function neverBeginsError(task: string, end: ProcessEnd, times: number): TaskCrashedError {
  return new TaskCrashedError(
    `task '${task}': ${times} processes ended when it was handed to them, before it began: ${howItEnded(end)}; its arguments may be too large for a process`,
  )
}

/** The error of a task whose arguments or code cannot be written to the channel. */
export function cannotBeSentError(task: string, thrown: unknown): Error {
  const error = toError(thrown)
  if (error.name === 'TaskDefinitionError') return error
  const text = `task '${task}': its arguments cannot be sent to a process: ${error.message}; pass less, or plain data`
  return new PayloadError(text, [], { cause: error })
}

export function howItEnded({ exitCode, signalCode, failure, why }: ProcessEnd): string {
  if (why !== undefined) return why
  if (failure !== undefined) return `nobody caught ${failure.name}: ${failure.message}`
  if (signalCode !== null) return `it was ended by ${signalCode}${meaning[signalCode] ?? ''}`
  return `it exited with code ${exitCode}`
}

const meaning: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: ' (an abort, of the process itself or of V8)',
  SIGSEGV: ' (an invalid use of memory by native code)',
  SIGKILL: ' (killed from outside, as the system does when it runs out of memory)',
}

function ranOutOfMemory({ exitCode, signalCode, stderr }: ProcessEnd): boolean {
  const aborted = exitCode === 134 || exitCode === 133 || signalCode === 'SIGABRT' || signalCode === 'SIGTRAP'
  return aborted && OUT_OF_MEMORY.test(stderr)
}
