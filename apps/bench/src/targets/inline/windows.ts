// The ways in which work is handed over and its results are asked for: the same windows for every contender.
import type { Probe } from './probe.ts'

/** Submits `size` no-ops with the arguments 0..size-1 and gives the sum of their results. */
export type Loop = (size: number) => Promise<number>

export interface Loops {
  /** Submits the window, holding a handle each, then awaits each result in turn. */
  readonly each: Loop
  /** Asks for each promise when submitting, then awaits them all together. */
  readonly all: Loop
  /** Awaits each result before the next is submitted. */
  readonly oneByOne: Loop
  /** Submits the window, looks at no result, and waits until the body has run as often. */
  readonly forget: Loop
}

export type Pattern = keyof Loops

export const patternNames: Readonly<Record<Pattern, string>> = {
  each: 'submit, then await each',
  all: 'Promise.all of the results',
  oneByOne: 'one at a time',
  forget: 'fire and forget',
}

/** Each contender gets closures of its own, so that each is compiled for its own types. */
export function loopsFor<P>(
  probe: Probe,
  submit: (value: number) => P,
  settle: (pending: P) => Promise<number>,
): Loops {
  return {
    async each(size) {
      const pending: P[] = []
      for (let value = 0; value < size; value++) pending.push(submit(value))
      let sum = 0
      for (const each of pending) sum += await settle(each)
      return sum
    },
    async all(size) {
      const promises: Promise<number>[] = []
      for (let value = 0; value < size; value++) promises.push(settle(submit(value)))
      let sum = 0
      for (const result of await Promise.all(promises)) sum += result
      return sum
    },
    async oneByOne(size) {
      let sum = 0
      for (let value = 0; value < size; value++) sum += await settle(submit(value))
      return sum
    },
    async forget(size) {
      const finished = probe.until(probe.runs + size)
      for (let value = 0; value < size; value++) submit(value)
      await finished
      return sumBelow(size)
    },
  }
}

/** What the results of a window of `size` add up to. */
export function sumBelow(size: number): number {
  return (size * (size - 1)) / 2
}
