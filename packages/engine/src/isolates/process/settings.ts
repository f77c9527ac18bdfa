// What a test may set otherwise, and what children are started with. Durations are milliseconds.
import { readFileSync } from 'node:fs'
import { processMemory } from '../wire/process-memory.ts'
import type { ProcessMemory } from '../wire/process-memory.ts'

export interface ProcessSettings {
  /** A child that has not acknowledged an abort by then is blocked. */
  readonly ackMs: number
  /** Time for a child to become ready: to load what its flags ask for. */
  readonly readyMs: number
  /** Time for an idle child to take the task that it was sent. */
  readonly takeMs: number
  /** Time for a child that was asked to leave. */
  readonly leaveMs: number
  /** How often the memory of running tasks is looked at. */
  readonly memoryMs: number
  /** How often children with running tasks are asked whether they are there, and after what silence one has stalled. */
  readonly pulseMs: number
  readonly stalledAfterMs: number
  /** Pause before the second start in a row after a child that ended early; it grows by four each time, up to a bound. */
  readonly restartMs: number
  readonly longestRestartMs: number
  /** Children in a row that may end early before the waiting tasks fail. */
  readonly earlyEnds: number
  /** What children run, and how; the built entry and the parent's own flags by default. */
  readonly entry: string | undefined
  readonly execArgv: readonly string[] | undefined
  /** Resident memory of a process in bytes; undefined where it cannot be read. Null: children tell it themselves. */
  readonly residentBytes: ((pid: number) => number | undefined) | null
  /** How the memory of children is reached; null where it is not. */
  readonly memory: () => ProcessMemory | null
  /** Whether the process is stopped, as far as that can be known. */
  readonly isStopped: (pid: number) => boolean
}

const isLinux = process.platform === 'linux'

export const defaultSettings: ProcessSettings = {
  ackMs: 50,
  readyMs: 30_000,
  takeMs: 30_000,
  leaveMs: 500,
  memoryMs: 50,
  pulseMs: 1000,
  stalledAfterMs: 5000,
  restartMs: 100,
  longestRestartMs: 10_000,
  earlyEnds: 3,
  entry: undefined,
  execArgv: undefined,
  residentBytes: isLinux ? residentBytes : null,
  memory: processMemory,
  isStopped: isLinux ? isStopped : () => false,
}

function residentBytes(pid: number): number | undefined {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))?.[1]
  return kb === undefined ? undefined : Number(kb) * 1024
}

function isStopped(pid: number): boolean {
  // the name, in parentheses, may hold anything
  const afterName = readProc(pid, 'stat').split(') ').at(-1) ?? ''
  return afterName.startsWith('T') || afterName.startsWith('t')
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    // it is gone
    return ''
  }
}
