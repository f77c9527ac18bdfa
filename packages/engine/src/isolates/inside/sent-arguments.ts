// Arguments of tasks that came to this thread by message, until the tasks begin.
import { withOwnMemory } from '../../support/payload-copy.ts'
import type { ToIsolate } from '../thread/messages.ts'

type Sent = Extract<ToIsolate, { readonly kind: 'payload' }>

export class SentArguments {
  readonly #bySlot = new Map<number, Sent>()

  add(message: Sent): void {
    this.#bySlot.set(message.slot, message)
  }

  has(slot: number): boolean {
    return this.#bySlot.has(slot)
  }

  /** The arguments of the task in a slot, with memory that is its own; undefined when none came. */
  take(slot: number): unknown {
    const sent = this.#bySlot.get(slot)
    this.#bySlot.delete(slot)
    if (sent === undefined || sent.snapshots.length === 0 || !Array.isArray(sent.value)) return sent?.value
    return withOwnMemory(sent.value, sent.snapshots)
  }
}
