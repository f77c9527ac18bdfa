// Large buffers of arguments and results that this process copies into the memory of a child, and out of it. The child says
// where; what cannot go that way goes by the file that both have open.
import { packApart, packValue, largeBuffers } from '../wire/process-payload.ts'
import type { PackedValue } from '../wire/process-payload.ts'
import { UnreachableError, isWorthIt } from '../wire/process-memory.ts'
import type { ProcessMemory } from '../wire/process-memory.ts'
import type { ProcessAttempt } from './process-attempt.ts'
import type { RunMessage } from './protocol.ts'
import type { TaskProcess } from './task-process.ts'

/** The buffers of a result: there; not to be had, since the process is gone; or to be sent in another way. */
export type TakenOver = readonly ArrayBuffer[] | 'gone' | 'out of reach'

export class DirectBuffers {
  readonly #memory: () => ProcessMemory | null

  /** @param memory loaded when the first large buffer comes */
  constructor(memory: () => ProcessMemory | null) {
    this.#memory = memory
  }

  /** What the child is told of the arguments. @throws what they have against travelling */
  pack(attempt: ProcessAttempt, args: readonly unknown[]): Pick<RunMessage, 'args' | 'offered'> {
    const { child } = attempt
    const large = largeBuffers(args)
    if (!isWorthIt(large) || this.#memory()?.reaches(child.pid) !== true) {
      return { args: packValue(args, child.carrier === null ? [] : large, child.carrier) }
    }
    attempt.offered = { args, large }
    return { args: packApart(args, large), offered: true }
  }

  /** The child has made room for them, there; or cannot say where. An attempt that was given up still waits for its answer. */
  fill(attempt: ProcessAttempt, at: readonly bigint[] | null): void {
    const { child, serial, offered } = attempt
    if (offered === null) return
    attempt.offered = null
    child.send({ kind: 'filled', serial, ...this.#copied(child, offered, at) })
  }

  #copied(child: TaskProcess, { args, large }: Offered, at: readonly bigint[] | null): { readonly args?: PackedValue } {
    const memory = this.#memory()
    try {
      if (memory !== null && at?.length === large.length && child.isRunning) {
        memory.write(child.pid, at, large)
        return {}
      }
    } catch (thrown) {
      if (!(thrown instanceof UnreachableError)) throw thrown
    }
    return { args: packValue(args, child.carrier === null ? [] : large, child.carrier) }
  }

  /** @throws UnreachableError where the child has no such memory; RangeError when there is too little here */
  take(child: TaskProcess, { carried }: PackedValue, at: readonly bigint[]): TakenOver {
    const memory = this.#memory()
    // the number of one that is gone may be another's by now
    if (!child.isRunning) return 'gone'
    if (memory?.reaches(child.pid) !== true) return 'out of reach'
    try {
      return memory.read(child.pid, at, carried)
    } catch (thrown) {
      if (thrown instanceof UnreachableError && thrown.code === 'ESRCH') return 'gone'
      throw thrown
    }
  }
}

/** Arguments that a child makes room for. */
export interface Offered {
  readonly args: readonly unknown[]
  readonly large: readonly ArrayBuffer[]
}
