// How long tasks that end at once have held up the event loop of their isolate.
import { performance } from 'node:perf_hooks'

/** Longest time, in milliseconds. */
const SLICE_MS = 8

export class Slice {
  #endsAt = 0

  begin(): void {
    this.#endsAt = performance.now() + SLICE_MS
  }

  get isOver(): boolean {
    return performance.now() >= this.#endsAt
  }
}
