// Ends well on SIGTERM and SIGINT, for those who ask for it.
import { callSafely } from '@catzilla/engine'

const signals = ['SIGTERM', 'SIGINT'] as const

/** Shutdowns that a signal has begun and that are not over: the process ends with the last of them. */
let underWay = 0

/**
 * On the first signal `shutdown` runs and the process exits with 0; a second signal ends it at once with 128 + its number.
 * @returns stops listening
 */
export function handleSignals(shutdown: () => Promise<unknown>): () => void {
  let asked = false
  const listener = (_: NodeJS.Signals, number: number): void => {
    if (asked) process.exit(128 + number)
    asked = true
    underWay++
    const end = (): void => {
      if (--underWay === 0) process.exit()
    }
    callSafely(() => shutdown().finally(end), 'shutdown on a signal')
  }
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
  }
}
