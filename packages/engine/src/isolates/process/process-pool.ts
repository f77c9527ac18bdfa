// The child processes there are: started when there is work, ended when there has been none for long, replaced when they
// have done their share; and not started again and again when none of them stays up.
import { totalmem } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import type { ResolvedEngineOptions } from '../../options/engine-options.ts'
import type { Alarm, Clock } from '../../support/clock.ts'
import { entryFile } from '../entry-file.ts'
import { inheritedFlags } from './inherited-flags.ts'
import type { ProcessEnd } from './process-end.ts'
import type { FromChild } from './protocol.ts'
import type { ProcessSettings } from './settings.ts'
import { LIFELINE } from './last-words.ts'
import { TaskProcess } from './task-process.ts'
import type { ProcessListener } from './task-process.ts'

const MIB = 1024 * 1024

/**
 * V8's limit is as much above the limit of the task: the engine's measure, which counts all memory of the task, is the one
 * that is reached first; and V8 collects before it is.
 */
const HEAP_MARGIN_MB = 64

export interface PoolListener {
  heard(child: TaskProcess, message: FromChild): void
  /** A child is idle, or there is room for another one. */
  changed(): void
  ended(child: TaskProcess, end: ProcessEnd): void
  /** So many in a row ended before they ran a task. */
  noneStays(end: ProcessEnd, times: number): void
}

type PoolOptions = Pick<
  ResolvedEngineOptions,
  'minProcesses' | 'maxProcesses' | 'isolateIdleMs' | 'recycleAfterTasks' | 'recycleHeapMb' | 'laneNice'
>

export class ProcessPool implements ProcessListener {
  readonly #options: PoolOptions
  readonly #settings: ProcessSettings
  readonly #clock: Clock
  readonly #listener: PoolListener
  readonly #children = new Set<TaskProcess>()
  /** The one that was used last is at the end and is used first: the others may go. */
  readonly #idle: TaskProcess[] = []
  #heapMb = 0
  #entry: string | undefined
  #early = 0
  #notBefore = 0
  #restart: Alarm | null = null
  #idleAlarm: Alarm | null = null
  #closed: (() => void) | null = null

  constructor(options: PoolOptions, settings: ProcessSettings, clock: Clock, listener: PoolListener) {
    this.#options = options
    this.#settings = settings
    this.#clock = clock
    this.#listener = listener
  }

  get size(): number {
    return this.#children.size
  }

  get idle(): number {
    return this.#idle.length
  }

  /** Children with a body that has not ended, wanted or not. */
  get busy(): number {
    let busy = 0
    for (const { attempt } of this.#children) if (attempt !== null) busy++
    return busy
  }

  /** Resident memory of all of them, as they have told of late. */
  get residentBytes(): number {
    let bytes = 0
    for (const child of this.#children) bytes += child.residentBytes
    return bytes
  }

  get closing(): boolean {
    return this.#closed !== null
  }

  /** V8's limit in a process for tasks with such a limit; children that are started from now on have it. */
  heapFor(memoryLimitMb: number): number {
    const heapMb = Math.min(Math.ceil(memoryLimitMb) + HEAP_MARGIN_MB, Math.floor(totalmem() / MIB))
    this.#heapMb = Math.max(this.#heapMb, heapMb)
    return heapMb
  }

  /** Tasks with such a limit may come. @throws EngineUnavailableError when no process can ever be started */
  prepareFor(memoryLimitMb: number): void {
    this.heapFor(memoryLimitMb)
    this.#entryFile()
  }

  /** Sees to it that there are as many as are always to be there. @throws EngineUnavailableError */
  open(): void {
    while (this.size < this.#options.minProcesses && this.#mayStart()) this.#start()
  }

  /** Whether a child is idle whose heap is large enough. If all are too small, one of them makes room. */
  canTake(heapMb: number): boolean {
    if (this.#idle.some((child) => child.heapMb >= heapMb)) return true
    if (this.size >= this.#options.maxProcesses) this.#idle.shift()?.leave(this.#settings.leaveMs)
    return false
  }

  /** The idle child that was used last, of those whose heap is large enough. */
  take(heapMb: number): TaskProcess | undefined {
    const index = this.#idle.findLastIndex((child) => child.heapMb >= heapMb)
    return index < 0 ? undefined : this.#idle.splice(index, 1)[0]
  }

  /** Starts children until so many are on their way or there are as many as may be. @throws EngineUnavailableError */
  grow(wanted: number): void {
    let starting = 0
    for (const child of this.#children) if (child.state === 'starting') starting++
    while (starting < wanted && this.size < this.#options.maxProcesses && this.#mayStart()) {
      this.#start()
      starting++
    }
  }

  /** A child has ended the body that it had. */
  giveBack(child: TaskProcess, heapBytes: number): void {
    child.relent()
    if (this.closing || child.state === 'leaving') return child.leave(this.#settings.leaveMs)
    const { recycleAfterTasks, recycleHeapMb } = this.#options
    if (child.tasks >= recycleAfterTasks || heapBytes > recycleHeapMb * MIB) child.leave(this.#settings.leaveMs)
    else this.#settle(child)
  }

  /** One of them begins a task: they do stay up. */
  proven(): void {
    this.#early = 0
    this.#notBefore = 0
  }

  /** Ends all; resolves when every one has exited. */
  close(): Promise<void> {
    this.#restart?.cancel()
    this.#idleAlarm?.cancel()
    this.#idle.length = 0
    return new Promise((resolve) => {
      this.#closed = resolve
      if (this.size === 0) return resolve()
      for (const child of this.#children) {
        child.hold(true)
        if (child.state === 'starting') child.kill()
        else child.leave(this.#settings.leaveMs)
      }
    })
  }

  heard(child: TaskProcess, message: FromChild): void {
    if (message.kind !== 'ready') return this.#listener.heard(child, message)
    if (child.state !== 'starting') return
    this.#settle(child)
    child.relent()
    // others may have waited to be started until one stays up
    this.#reopen()
    this.#listener.changed()
  }

  ended(child: TaskProcess, end: ProcessEnd): void {
    this.#children.delete(child)
    const index = this.#idle.indexOf(child)
    if (index >= 0) this.#idle.splice(index, 1)
    if (!end.asked && child.tasks === 0) this.#endedEarly()
    this.#listener.ended(child, end)
    if (this.closing) {
      if (this.size === 0) this.#closed?.()
      return
    }
    if (this.#early >= this.#settings.earlyEnds) this.#listener.noneStays(end, this.#early)
    this.#reopen()
    this.#listener.changed()
  }

  #reopen(): void {
    try {
      this.open()
    } catch {
      // whoever has a task for a process meets the same error, and can tell somebody
    }
  }

  #settle(child: TaskProcess): void {
    child.state = 'idle'
    child.idleSince = this.#clock.now()
    this.#idle.push(child)
    this.#watchIdle()
  }

  #start(): void {
    const { readyMs, residentBytes, memoryMs, execArgv = inheritedFlags(process.execArgv) } = this.#settings
    const orders = {
      parent: process.pid,
      lifeline: isMainThread ? null : LIFELINE,
      nice: this.#options.laneNice,
      carrier: null,
      tellHeap: this.#options.recycleHeapMb < Infinity,
      tellMemoryMs: residentBytes === null ? memoryMs : 0,
    }
    const entry = this.#entryFile()
    const heapMb = Math.max(this.#heapMb, this.heapFor(0))
    this.#children.add(new TaskProcess({ entry, execArgv, heapMb, readyMs, orders }, this.#clock, this))
  }

  #entryFile(): string {
    return (this.#entry ??= this.#settings.entry ?? entryFile('process-entry'))
  }

  #endedEarly(): void {
    this.#early++
    const { restartMs, longestRestartMs } = this.#settings
    const pause = Math.min(restartMs * 4 ** (this.#early - 1), longestRestartMs)
    this.#notBefore = this.#clock.now() + pause
  }

  /** Not while a pause lasts after children that ended early, and then one at a time. */
  #mayStart(): boolean {
    if (this.closing) return false
    if (this.#early === 0) return true
    const left = this.#notBefore - this.#clock.now()
    if (left <= 0) return ![...this.#children].some(({ state }) => state === 'starting')
    this.#restart?.cancel()
    this.#restart = this.#clock.setAlarm(left, () => {
      this.#reopen()
      this.#listener.changed()
    })
    return false
  }

  /** One alarm for all: set for the child that has been idle longest. */
  #watchIdle(): void {
    const { isolateIdleMs, minProcesses } = this.#options
    const oldest = this.#idle[0]
    if (this.#idleAlarm !== null || oldest === undefined || isolateIdleMs === Infinity) return
    if (this.size <= minProcesses) return
    this.#idleAlarm = this.#clock.setAlarm(oldest.idleSince + isolateIdleMs - this.#clock.now(), () => {
      this.#idleAlarm = null
      this.#endIdle(this.#clock.now() - isolateIdleMs)
      this.#watchIdle()
    })
  }

  #endIdle(since: number): void {
    let most = this.size - this.#options.minProcesses
    while (most-- > 0 && (this.#idle[0]?.idleSince ?? Infinity) <= since) {
      this.#idle.shift()?.leave(this.#settings.leaveMs)
    }
  }
}
