// Requests whose bodies have come in during one turn of the event loop go on together at its end. Each by itself, they would
// end the wait of an engine's thread, and run all that waits for promises, once for every request.
import { setImmediate } from 'node:timers'

let waiting: (() => void)[] = []

/** Calls `goOn`, which must not throw, when the connections that have something to read now have been read. */
export function atEndOfTurn(goOn: () => void): void {
  if (waiting.push(goOn) === 1) setImmediate(goOnAll)
}

function goOnAll(): void {
  const all = waiting
  waiting = []
  for (const goOn of all) goOn()
}
