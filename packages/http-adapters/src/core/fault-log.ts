// What goes wrong in the server itself: its client learns next to nothing of it, so that it is told here.
import { channel } from 'node:diagnostics_channel'
import type { PlainRequest } from './plain.ts'

const told = channel('catzilla:http:fault')

/** On stderr at most one fault in so many milliseconds: clients must not be able to fill a disk. */
const PAUSE_MS = 1000

let nextAt = -Infinity
let leftOut = 0

/** To subscribers of the diagnostics channel `catzilla:http:fault`; without any, to stderr, one a second. */
export function tellFault(error: unknown, { method, path, original }: PlainRequest): void {
  if (told.hasSubscribers) return told.publish({ error, method, path, request: original })
  const now = performance.now()
  if (now < nextAt) {
    leftOut++
    return
  }
  const more = leftOut > 0 ? ` (and ${leftOut} faults that were not told since the last one)` : ''
  // oxlint-disable-next-line no-console -- where there is no log of a framework, and not Node alone, this is the one there is
  console.error(`@catzilla/http-adapters: ${method} ${path} failed${more}:`, error)
  nextAt = now + PAUSE_MS
  leftOut = 0
}
