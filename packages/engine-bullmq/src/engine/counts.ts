// What is counted of tasks: of those submitted here, and of those of others that run here.

import type { SettledStatus } from '@catzilla/engine'

export class Counts {
  submitted = 0
  completed = 0
  failed = 0
  cancelled = 0
  expired = 0
  retries = 0
  timeouts = 0
  rejected = 0
  /** Failures that nobody has looked at. */
  unobserved = 0
  readonly byName: Map<string, NameCounts> = new Map<string, NameCounts>()

  cameIn(name: string): void {
    this.submitted++
    this.#of(name).submitted++
  }

  ended(name: string, how: SettledStatus): void {
    this[how]++
    this.#of(name)[how]++
  }

  #of(name: string): NameCounts {
    const found = this.byName.get(name)
    if (found !== undefined) return found
    const made = { submitted: 0, completed: 0, failed: 0, cancelled: 0, expired: 0 }
    this.byName.set(name, made)
    return made
  }
}

export type NameCounts = Record<'submitted' | SettledStatus, number>
