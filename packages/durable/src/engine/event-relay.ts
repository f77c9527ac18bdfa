// Events of the engine inside, in its order: one that tells of an end is held until the end is recorded, and those behind it.
import { callSafely } from '@catzilla/engine'
import type { EngineEvent, EngineEvents, EngineEventType, EngineListener, TaskEngine } from '@catzilla/engine'

/** A place in the row. */
export interface HeldEvent {
  /** Told now, or as soon as those before it are; null: nobody is told. */
  release(event: EngineEvent | null): void
}

/** Whoever begins to listen meanwhile was not there when it happened. */
const nobodyListens: HeldEvent = { release: () => {} }

interface Place {
  event: EngineEvent | null
  held: boolean
}

export class EventRelay {
  readonly #inner: Pick<TaskEngine, 'subscribe'>
  readonly #ends: ReadonlySet<EngineEventType>
  readonly #listeners = new Map<EngineEventType, Set<EngineListener>>()
  readonly #relayed = new Map<EngineEventType, () => void>()
  #row: Place[] = []
  /** Of the row, those that have been told. */
  #told = 0

  /** @param ends types that are given in by `hold` */
  constructor(inner: Pick<TaskEngine, 'subscribe'>, ends: ReadonlySet<EngineEventType>) {
    this.#inner = inner
    this.#ends = ends
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    // one entry per subscription, so that the same function may subscribe twice
    const entry: EngineListener = (event) => listener(event as EngineEvents[K])
    for (const type of types) this.#listenersOf(type).add(entry)
    return () => {
      for (const type of types) this.#remove(type, entry)
    }
  }

  wants(type: EngineEventType): boolean {
    return this.#listeners.has(type)
  }

  hold(): HeldEvent {
    if (this.#listeners.size === 0) return nobodyListens
    const place: Place = { event: null, held: true }
    this.#row.push(place)
    return {
      release: (event) => {
        place.event = event
        place.held = false
        this.#tellAll()
      },
    }
  }

  close(): void {
    for (const unsubscribe of this.#relayed.values()) unsubscribe()
    this.#relayed.clear()
  }

  #listenersOf(type: EngineEventType): Set<EngineListener> {
    const found = this.#listeners.get(type)
    if (found !== undefined) return found
    const made = new Set<EngineListener>()
    this.#listeners.set(type, made)
    if (!this.#ends.has(type))
      this.#relayed.set(
        type,
        this.#inner.subscribe([type], (event) => this.#pass(event)),
      )
    return made
  }

  #pass(event: EngineEvent): void {
    this.#row.push({ event, held: false })
    this.#tellAll()
  }

  #tellAll(): void {
    for (let next = this.#row[this.#told]; next?.held === false; next = this.#row[this.#told]) {
      this.#told++
      if (next.event !== null) this.#tell(next.event)
    }
    if (this.#told < this.#row.length && this.#told < 1024) return
    this.#row = this.#row.slice(this.#told)
    this.#told = 0
  }

  #tell(event: EngineEvent): void {
    const listeners = this.#listeners.get(event.type)
    for (const listener of listeners === undefined ? [] : [...listeners]) {
      if (listeners?.has(listener)) callSafely(() => listener(event), `listener of '${event.type}'`)
    }
  }

  #remove(type: EngineEventType, entry: EngineListener): void {
    const listeners = this.#listeners.get(type)
    listeners?.delete(entry)
    if (listeners?.size !== 0) return
    this.#listeners.delete(type)
    this.#relayed.get(type)?.()
    this.#relayed.delete(type)
  }
}
