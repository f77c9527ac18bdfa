// Up to Node 22 an AsyncLocalStorage in use makes each promise of the process more than twice as dear. Ours is switched off
// when no context can be wanted any more: as long as no body has left anything behind that could ask for one.
import { createHook } from 'node:async_hooks'
import type { AsyncHook, AsyncLocalStorage } from 'node:async_hooks'

/** From Node 24 on contexts cost next to nothing. */
const FREE_SINCE = 24
/** Switching on and off takes some microseconds: little for so many bodies. */
const MANY_BODIES = 32
/** After fewer of them it is switched off when no other has come for so long, in milliseconds. */
const IDLE_MS = 10
/** Where few have come all this while (a second), it is left on: listening costs each promise a little more. */
const MOST_LOOKS = 100

// one per process, also when the package is loaded twice (ESM and CommonJS)
const key = Symbol.for('@catzilla/engine/task-context-wanted')
const shared = globalThis as { [key]?: { wanted: boolean } }
/**
 * Whether some body has made what runs later and may ask for its context then, such as a promise or a timer. It stays so: nobody
 * says when such a thing has had its end.
 */
const later = (shared[key] ??= { wanted: Number.parseInt(process.versions.node, 10) >= FREE_SINCE })

export class ContextCost {
  readonly #storage: AsyncLocalStorage<never>
  readonly #outside: (work: () => void) => void
  readonly #watch: AsyncHook
  #on = false
  #wasOn = false
  #inRound = false
  #inBody = false
  /** Called in this round, and since it was looked whether they have ceased. */
  #bodies = 0
  #lately = 0
  #waiting = false
  /** Times that it was looked in vain. */
  #looks = 0

  /** @param outside calls work outside of all contexts */
  constructor(storage: AsyncLocalStorage<never>, outside: (work: () => void) => void) {
    this.#storage = storage
    this.#outside = outside
    // whatever can carry a context on announces itself here
    this.#watch = createHook({
      init: () => {
        if (this.#inBody) later.wanted = true
      },
    })
  }

  /** Bodies may be called from here on to `roundEnds`, which comes in the same synchronous call. */
  roundBegins(): void {
    // within a body of another round: that one is not listened to any more when this has ended
    if (this.#inRound) later.wanted = true
    this.#inRound = true
    this.#wasOn = this.#on
    this.#bodies = 0
  }

  /** A body is about to be called, and the storage to be used. */
  bodyBegins(): void {
    if (later.wanted) return
    if (!this.#inRound) {
      // nobody tells when its round ends
      later.wanted = true
      return
    }
    if (!this.#on) {
      this.#on = true
      this.#watch.enable()
    }
    this.#inBody = true
    this.#bodies++
  }

  /** It has given a value or a promise, or has thrown. */
  bodyEnds(): void {
    this.#inBody = false
  }

  roundEnds(): void {
    this.#inRound = false
    this.#inBody = false
    if (!this.#on) return
    if (later.wanted) return this.#leaveOn()
    this.#lately += this.#bodies
    if (this.#bodies < MANY_BODIES) this.#waitUntilIdle()
    else if (!this.#wasOn) this.#switchOff()
    else this.#outside(() => setImmediate(this.#offAfterTurn))
  }

  #waitUntilIdle(): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#lately = 0
    this.#outside(() => setTimeout(this.#offWhenIdle, IDLE_MS).unref())
  }

  readonly #offWhenIdle = (): void => {
    this.#waiting = false
    if (this.#on && this.#lately > 0 && ++this.#looks < MOST_LOOKS) return this.#waitUntilIdle()
    if (this.#looks === MOST_LOOKS) later.wanted = true
    this.#looks = 0
    this.#offAfterTurn()
  }

  readonly #offAfterTurn = (): void => {
    if (!this.#on) return
    if (later.wanted) this.#leaveOn()
    else this.#switchOff()
  }

  /**
   * Where the job of a promise began with it on, this would leave a place on Node's stack of contexts: so it is done by whoever
   * switched it on, or in a turn of its own.
   */
  #switchOff(): void {
    this.#on = false
    this.#watch.disable()
    this.#storage.disable()
  }

  #leaveOn(): void {
    this.#on = false
    this.#watch.disable()
  }
}
