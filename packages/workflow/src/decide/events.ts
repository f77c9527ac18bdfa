// What happens to a run, and what the decision asks for in return. Events are the record of a run: plain data.

/** A step as it was in the run that this one repeats, and that is not to be repeated. */
export interface KeptStep {
  readonly step: number
  /** One that failed, with others that know how to go on; or one that lost its race. */
  readonly end: 'completed' | 'failed' | 'lost'
  readonly pick: number
  readonly fellBack: boolean
  /** Of a map. */
  readonly items?: { readonly count: number; readonly done: readonly number[] }
  readonly value?: unknown
  readonly error?: Error
}

/** Items of a map that had completed in the run that this one repeats. */
export interface KeptItems {
  readonly step: number
  readonly count: number
  readonly values: readonly (readonly [item: number, value: unknown])[]
}

interface Happened {
  /** Epoch milliseconds. */
  readonly at: number
}

/** `item` is the place in the list of a map, the round of a loop, and 0 for other steps. */
interface OfItem extends Happened {
  readonly step: number
  readonly item: number
}

export type RunEvent =
  | (Happened & {
      readonly type: 'started'
      readonly kept?: readonly KeptStep[]
      readonly keptItems?: readonly KeptItems[]
    })
  | (OfItem & { readonly type: 'completed'; readonly value: unknown })
  | (OfItem & { readonly type: 'failed'; readonly error: Error })
  /** Steps that completed together in C, each after those that it needs. `began`: epoch milliseconds at which C got them. */
  | (Happened & {
      readonly type: 'ran'
      readonly began: number
      readonly steps: ArrayLike<number>
      readonly values: ArrayLike<number>
    })
  /** Items of a list that did. */
  | (Happened & {
      readonly type: 'ranItems'
      readonly step: number
      readonly items: ArrayLike<number>
      readonly values: ArrayLike<number>
    })
  /** A choice was decided. */
  | (Happened & { readonly type: 'chosen'; readonly step: number; readonly branch: number })
  /** The list of a map is known. */
  | (Happened & { readonly type: 'expanded'; readonly step: number; readonly count: number })
  /** Whether a loop goes on after the round it has just finished. */
  | (Happened & { readonly type: 'checked'; readonly step: number; readonly again: boolean })
  | (Happened & { readonly type: 'paused' })
  | (Happened & { readonly type: 'resumed' })
  | (Happened & { readonly type: 'cancelled'; readonly reason: string | undefined })
  | (Happened & { readonly type: 'timedOut' })
  | (OfItem & { readonly type: 'compensated' })
  | (OfItem & { readonly type: 'compensationFailed'; readonly error: Error })

export type RunEnd = 'completed' | 'failed' | 'cancelled' | 'timedOut'

/** What the runner is to do. It answers `start`, `expand`, `choose`, `compute`, `check` and `compensate` with an event. */
export type Command =
  | {
      readonly type: 'start' | 'expand' | 'choose' | 'compute' | 'check' | 'compensate'
      readonly step: number
      readonly item: number
    }
  /** Whatever of this step is in flight is no longer wanted. */
  | { readonly type: 'cancel'; readonly step: number }
  | { readonly type: 'cancelAll' }
  | { readonly type: 'end'; readonly end: RunEnd }

/** As stores get it: lists of numbers are arrays, which JSON knows as well. */
export function toRecord(event: RunEvent): RunEvent {
  switch (event.type) {
    case 'ran':
      return { ...event, steps: Array.from(event.steps), values: Array.from(event.values) }
    case 'ranItems':
      return { ...event, items: Array.from(event.items), values: Array.from(event.values) }
    default:
      return event
  }
}
