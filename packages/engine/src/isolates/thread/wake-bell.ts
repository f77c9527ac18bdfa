// How threads wake this one where there is the native core: by a handle of the event loop. `Atomics.notify` does the same
// under a lock of V8 that the woken thread wants at once; where both share a processor that is two switches more.
import type { NativeBells } from '@catzilla/core-c'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import { loadCore } from '../../native/load-core.ts'

/** No bell: this thread is woken by the word it sleeps on. */
export const NO_BELL = 0

let found: NativeBells | null | undefined

/** Null where there is no native core, or none that has bells. Loads the core when it is asked for the first time. */
export function nativeBells(): NativeBells | null {
  if (found === undefined) found = load()
  return found
}

function load(): NativeBells | null {
  try {
    // one of an older version has none, and one on Windows has no functions
    const { bells }: { readonly bells?: Partial<NativeBells> } = loadCore()
    return typeof bells?.create === 'function' ? (bells as NativeBells) : null
  } catch {
    // not installed, or switched off
    return null
  }
}

/** The bell of one lane, which rings for all its pools. */
export class WakeBell {
  /** Called when some thread has rung. */
  readonly listeners: Set<() => void> = new Set()
  #number = NO_BELL
  #hung = false

  /** Its number; made when the first thread is about to start. */
  hang(): number {
    if (this.#hung) return this.#number
    this.#hung = true
    runOutsideContexts(() => (this.#number = nativeBells()?.create(this.#rung) ?? NO_BELL))
    return this.#number
  }

  get number(): number {
    return this.#number
  }

  readonly #rung = (): void => {
    for (const listener of this.listeners) listener()
  }

  /** Threads that are left find nothing to ring. */
  close(): void {
    this.#hung = true
    if (this.#number !== NO_BELL) nativeBells()?.close(this.#number)
    this.#number = NO_BELL
  }
}
