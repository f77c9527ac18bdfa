// From C text to bodies that run, as the binding exports it: a helper thread that runs other programs, and libraries.

/** One run of a program. It has nothing of this process: no descriptors, no input, its own process group. */
export interface NativeJob {
  /** Of the caller's choice; its end is told with it. */
  readonly id: number
  /** An absolute path. */
  readonly file: string
  /** The first names the program. */
  readonly args: readonly string[]
  /** `NAME=value` each: all that it has. */
  readonly env: readonly string[]
  /** It is killed then, with all that it has started. */
  readonly timeoutMs: number
}

/** How a job ended. */
export interface NativeJobEnd {
  /** `stopped`: with the toolchain; `lost`: the process ignores how its children end. */
  readonly end: 'exited' | 'signalled' | 'timed out' | 'stopped' | 'not started' | 'lost'
  /** The exit code, the signal, or the `errno` for which it did not start. */
  readonly number: number
  readonly ms: number
  /** The first 4 KiB of what it wrote, to standard output and error. */
  readonly output: Uint8Array
}

/** Runs jobs one after the other on a thread of its own. It does not keep the event loop alive. */
export interface NativeToolchain {
  /** Throws an Error with the code CTZ_FULL when 64 jobs have not ended. */
  run(job: NativeJob): void
  /** Kills what runs, and returns when it is gone; `ended` is not called any more. Idempotent. */
  close(): void
}

/** A library of bodies in C. It stays loaded for ever. */
export interface NativeLibrary {
  has(symbolName: string): boolean
}
