// Limits by name, which BullMQ keeps for all workers of a queue together.
import type { ResolvedTaskOptions } from '@catzilla/engine'
import type { Outbox } from './outbox.ts'

interface Configured {
  readonly concurrency: number | undefined
  readonly rate: { readonly max: number; readonly perMs: number } | undefined
}

export class Limits {
  readonly #outbox: Outbox
  readonly #configured = new Map<string, Configured>()

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  /** The latest call of a name says its limits. */
  configure(name: string, { concurrency, limits }: ResolvedTaskOptions): void {
    const known = this.#configured.get(name)
    if (concurrency === undefined && limits === undefined && known === undefined) return
    const most = Math.min(concurrency ?? Infinity, limits?.concurrency ?? Infinity)
    const next: Configured = { concurrency: Number.isFinite(most) ? most : undefined, rate: limits?.rate }
    if (known !== undefined && isSame(known, next)) return
    this.#configured.set(name, next)
    const { concurrency: slots, rate } = next
    this.#outbox.do(name, async (queue) => {
      if (slots !== undefined) await queue.setGlobalConcurrency(slots)
      else if (known?.concurrency !== undefined) await queue.removeGlobalConcurrency()
      if (rate !== undefined) await queue.setGlobalRateLimit(rate.max, rate.perMs)
      else if (known?.rate !== undefined) await queue.removeGlobalRateLimit()
    })
  }

  concurrencyOf(name: string): number | undefined {
    return this.#configured.get(name)?.concurrency
  }

  rateOf(name: string): Configured['rate'] {
    return this.#configured.get(name)?.rate
  }
}

function isSame(a: Configured, b: Configured): boolean {
  return a.concurrency === b.concurrency && a.rate?.max === b.rate?.max && a.rate?.perMs === b.rate?.perMs
}
