// What goes wrong in the server itself: its client learns next to nothing of it, so that it is told here.
import { channel } from 'node:diagnostics_channel'
import type { PlainRequest } from './plain.ts'

const told = channel('catzilla:http:fault')

/** To subscribers of the diagnostics channel `catzilla:http:fault`; without any, to stderr. */
export function tellFault(error: unknown, { method, path, original }: PlainRequest): void {
  if (told.hasSubscribers) told.publish({ error, method, path, request: original })
  // oxlint-disable-next-line no-console -- where there is no log of a framework, and not Node alone, this is the one there is
  else console.error(`@catzilla/http-adapters: ${method} ${path} failed:`, error)
}
