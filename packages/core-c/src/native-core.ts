// What the binding exports, as TypeScript sees it. The order of fields of DTOs is the order in `binding/`; the layout of the
// port is compared with `portLayout` when the binary is loaded.

import type { NativeBells } from './native-bells.ts'
import type { NativeOtherMemory } from './native-other-memory.ts'
import type { NativeProgramFigures, NativePrograms } from './native-programs.ts'
import type { NativeJobEnd, NativeLibrary, NativeToolchain } from './native-toolchain.ts'

/** A kernel as its library describes it. Types are the numbers of `ctz_type`. */
export interface NativeKernel {
  readonly index: number
  readonly name: string
  readonly args: readonly number[]
  readonly result: number
  /** Names of the numbers, for results of type FIELDS. */
  readonly fields: readonly string[]
  /** It has a body of its own for columns. */
  readonly columns: boolean
}

export interface NativeConfig {
  /** Tasks that JavaScript may have unsettled or kept at once: 1 .. 2^24. */
  readonly slots: number
  readonly workers: number
  readonly maxWorkers: number
  readonly memoryPoolBytes: number
  /** 0 .. 2^53-1; of the jitter. */
  readonly seed: number
  readonly statistics: boolean
  /** 0 .. 19: how far workers give way to others, above the nice value of this thread. Linux; elsewhere nothing happens. */
  readonly nice: number
}

/** What tasks of one call share. Durations are milliseconds, Infinity: none. */
export interface NativePlan {
  readonly kernel: number
  readonly priority: number
  /** Post notices of starts and retries. */
  readonly tell: boolean
  readonly maxRetries: number
  /** 0 none, 1 fixed, 2 linear, 3 exponential. */
  readonly backoff: number
  readonly retryDelayMs: number
  readonly retryMaxDelayMs: number
  readonly retryJitter: number
  readonly timeoutMs: number
  readonly memoryLimitBytes: number
  /** Under which waits and runs are measured, below 1024; tasks of one class each. Less than 4: by class alone. */
  readonly series: number
}

/** An error of a kernel or of the engine; `status` is the name of a `ctz_status`, such as `RAN_TOO_LONG`. */
export interface NativeError {
  readonly status: string
  readonly name: string
  readonly code: string
  readonly message: string
}

export interface NativeHistogram {
  readonly count: number
  readonly sumNs: number
  readonly maxNs: number
  /** Only buckets that hold something: lower bound in ns, and count, alternating. */
  readonly buckets: Float64Array
}

export interface NativeQueueStatistics {
  readonly enqueued: number
  readonly dequeued: number
  readonly contended: number
  readonly rejected: number
  readonly queued: number
  /** Milliseconds of the engine's clock; Infinity when none waits. */
  readonly oldestReadyAt: number
  readonly breaches: number
}

export interface NativeStatistics {
  readonly workers: number
  readonly activeWorkers: number
  readonly parkedWorkers: number
  readonly maxWorkers: number
  readonly scheduled: number
  readonly retrying: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly retried: number
  readonly timedOut: number
  readonly memoryLimited: number
  /** Programs that gave up; not among the failed. */
  readonly bailed: number
  readonly busyNs: number
  readonly memoryUsed: number
  readonly memoryPeak: number
  readonly memoryPool: number
  readonly workerWakes: number
  readonly timerWakes: number
  readonly ownerWakes: number
  /** Attempts that this thread ran itself, in place of waking a worker. */
  readonly ownerRuns: number
  readonly queues: readonly NativeQueueStatistics[]
  /** By class. */
  readonly wait: readonly NativeHistogram[]
  readonly run: readonly NativeHistogram[]
}

/** What was measured of one series. */
export interface NativeSeries {
  readonly wait: NativeHistogram
  readonly run: NativeHistogram
}

/** One C engine with one port, owned by the isolate that made it. */
export interface NativeEngineBinding {
  /** The port; `port.h` says what is where. */
  readonly memory: ArrayBuffer
  readonly kernels: readonly NativeKernel[]
  /** Adds the kernels of a library and gives those; the same library again adds none. Throws an Error with the reason. */
  loadLibrary(path: string): readonly NativeKernel[]
  /**
   * Adds a program as a kernel and gives that. Its name is there to be shown: up to 255 bytes, and programs may share one.
   * Throws an Error that says what is wrong with the bytes. A task of it that gives up has failed with the status BAILED: `name`
   * of its error says why, as `NativeBail.reason` does, `code` is "function:instruction:number". Arrays that it writes to are
   * copied for each attempt.
   */
  addProgram(name: string, bytes: Uint8Array): NativeKernel
  /** Likewise, with the body in C that a library exports. Throws an Error with the reason. */
  addBody(name: string, bytes: Uint8Array, libraryPath: string, symbolName: string): NativeKernel
  /**
   * From the next call on, the program runs the body in C that a library exports, and over columns the one of the same name and
   * `_columns`, if there is one. Throws an Error with the reason.
   */
  swapBody(kernel: number, library: NativeLibrary | string, symbolName: string): void
  programFigures(kernel: number): NativeProgramFigures
  /** Index of a plan, for the slots. Throws a RangeError. */
  definePlan(plan: NativePlan): number
  /** Its index is used again. A task whose arguments were attached for it fails when it starts. */
  releasePlan(index: number): void
  /**
   * To be called after a push that no worker may see. Runs what was pushed on this thread where that is sure to take less than
   * waking a worker, else wakes one. True: it ran here; then look at the completion ring, since nobody is woken for it.
   */
  runOrWake(): boolean
  wakeTimers(): void
  /** Arguments that are not all numbers and booleans. They are kept alive until `free`. Throws a TypeError naming the argument. */
  attach(slot: number, plan: number, args: readonly unknown[]): void
  /**
   * Columns of doubles of the same length, and where results go; kept alive until `free`. Rows that a program gives up have
   * CTZ_ROW_GIVEN_UP there, and their number is the result in the slot.
   */
  attachColumns(
    slot: number,
    plan: number,
    columns: readonly Float64Array[],
    out: Float64Array,
    rowsPerChunk: number,
  ): void
  /**
   * A graph of steps: each calls the kernel of a plan, all of numbers and booleans, with numbers or results of steps before it.
   * By step: which of `plans` it has, and where its arguments end; by argument: the step whose result it is (2^32-1: none), and
   * the number. `results` and `states` (0 never called, 1 done, 2 failed, 3 its time was over) are filled, and kept alive until
   * `free`; the other lists are copied. The slot completes with the number of steps that are done. Throws an Error when the lists
   * are no graph.
   */
  attachGraph(
    slot: number,
    plans: Uint32Array,
    stepPlans: Uint32Array,
    argEnds: Uint32Array,
    argSteps: Uint32Array,
    argNumbers: Float64Array,
    results: Float64Array,
    states: Uint8Array,
  ): void
  /** The result of a completed slot whose type is no scalar. It is handed over: asked again, there is none. */
  result(slot: number): unknown
  /** The error of a failed or retrying slot. */
  error(slot: number): NativeError
  /** Frees what C keeps of a settled slot: needed for attached arguments, results that are no scalars, and errors. */
  free(slot: number): void
  /** Takes a slot that waits for its moment out of the timers; it settles as cancelled. */
  cancelTimed(slot: number): boolean
  /** Holds this thread up until the completion ring has passed `position`; false when the time was over. */
  waitCompleted(position: number, timeoutMs: number): boolean
  /** Holds back starts. */
  pause(paused: boolean): void
  scale(workers: number): void
  statistics(): NativeStatistics
  /** What was measured of a series; numbers below 4: of a class' tasks that have none. */
  series(index: number): NativeSeries
  /** Milliseconds on the clock of `performance.now()`. */
  now(): number
  /** While true, the engine keeps the event loop alive. */
  keepAlive(on: boolean): void
  /** Cancels what waits, stops the threads without waiting for a running kernel. Idempotent. */
  close(): void
}

export interface NativeCore {
  readonly version: string
  readonly kernelAbi: number
  /** Who serves the C core's memory: `system`, `jemalloc`, `mimalloc`, with `(process)` when the whole process uses it. */
  readonly allocator: string
  /** Names of `port.h` and their values, as C has them. */
  readonly portLayout: Readonly<Record<string, number>>
  readonly otherMemory: NativeOtherMemory
  readonly bells: NativeBells
  readonly programs: NativePrograms
  /** The C library of this process, such as `glibc 2.36`. */
  readonly libc: string
  /** Why there can be no toolchain, nor libraries of bodies, on this system; null: there can be. */
  readonly noToolchain: string | null
  /** `ended` is called on the event loop for each job. */
  createToolchain(ended: (id: number, end: NativeJobEnd) => void): NativeToolchain
  /** Loads a shared object, which runs code in it: be sure where it comes from. Throws an Error with the reason. */
  openLibrary(bytes: Uint8Array): NativeLibrary
  /**
   * @param now what `performance.now()` shows, read as late as can be
   * @param wake called on the event loop when something completed after WAITING was set
   */
  createEngine(config: NativeConfig, now: number, wake: () => void): NativeEngineBinding
}
