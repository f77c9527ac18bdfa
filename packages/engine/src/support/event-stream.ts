// Listeners and what is owed to them. Deliveries happen in order, in one later microtask, so that a listener may call
// the engine without meeting it half-way through a change; what a listener throws becomes a process warning.
import type { EngineEvents, EngineEventType, EngineListener } from '../contract/events.ts'
import { describeValue, toError } from '../contract/errors.ts'
import { runOutsideContexts } from '../lanes/task-context.ts'

export class EventStream {
  readonly #listeners = new Map<EngineEventType, Set<EngineListener>>()
  #owed: (() => void)[] = []

  /** Whether anybody listens to tasks that come in, resp. start or are tried again, resp. end: kept at hand, since it is asked for each task. */
  wantsSubmissions = false
  wantsStarts = false
  wantsEnds = false

  /** Whether anybody listens: lets the caller skip building an event. */
  wants(type: EngineEventType): boolean {
    return this.#listeners.size > 0 && this.#listeners.has(type)
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    // one entry per subscription, so that the same function may subscribe twice
    const entry: EngineListener = (event) => listener(event as EngineEvents[K])
    for (const type of types) {
      const set = this.#listeners.get(type)
      if (set === undefined) this.#listeners.set(type, new Set([entry]))
      else set.add(entry)
    }
    this.#lookAround()
    return () => {
      for (const type of types) this.#remove(type, entry)
      this.#lookAround()
    }
  }

  #lookAround(): void {
    this.wantsSubmissions = this.wants('queued') || this.wants('scheduled')
    this.wantsStarts = this.wants('started') || this.wants('retrying') || this.wants('queued')
    this.wantsEnds = this.wants('completed') || this.wants('failed') || this.wants('cancelled') || this.wants('expired')
  }

  emit<K extends EngineEventType>(event: EngineEvents[K]): void {
    const listeners = this.#listeners.get(event.type)
    if (listeners === undefined) return
    // those who listen now: whoever comes later was not there when it happened
    const present = [...listeners]
    this.defer(() => {
      for (const listener of present)
        if (listeners.has(listener)) callSafely(() => listener(event), `listener of '${event.type}'`)
    })
  }

  /** Calls `deliver` after everything deferred before it. It must not throw. */
  defer(deliver: () => void): void {
    if (this.#owed.push(deliver) === 1) queueMicrotask(this.#deliverAll)
  }

  readonly #deliverAll = (): void => {
    const owed = this.#owed
    this.#owed = []
    runOutsideContexts(() => {
      for (const deliver of owed) deliver()
    })
  }

  #remove(type: EngineEventType, entry: EngineListener): void {
    const set = this.#listeners.get(type)
    set?.delete(entry)
    if (set?.size === 0) this.#listeners.delete(type)
  }
}

/** Calls user code that must not bring the engine down: what it throws, now or later, becomes a process warning. */
export function callSafely(call: () => unknown, what: string): void {
  const warn = (thrown: unknown): void => {
    const { text, stack } = wordsOf(thrown)
    process.emitWarning(`${what} threw ${text}`, {
      type: 'CatzillaWarning',
      code: 'CATZILLA_CALLBACK_THREW',
      detail: stack,
    })
  }
  try {
    const answer = call()
    if (answer instanceof Promise) answer.catch(warn)
  } catch (thrown) {
    warn(thrown)
  }
}

function wordsOf(thrown: unknown): { text: string; stack: string } {
  try {
    const error = toError(thrown)
    return { text: `${error.name}: ${error.message}`, stack: error.stack ?? '' }
  } catch {
    // an error of the user's may have getters that throw
    return { text: describeValue(thrown), stack: '' }
  }
}
