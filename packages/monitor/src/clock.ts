// The time of the process, for monitors that are given no other.
import type { Clock } from '@catzilla/engine'

/** Its alarms keep no process alive. */
export const processClock: Clock = {
  processTime: true,
  now: () => performance.now(),
  epochMs: () => performance.timeOrigin + performance.now(),
  setAlarm: (delayMs, ring) => {
    const timer = setTimeout(ring, delayMs).unref()
    return { cancel: () => clearTimeout(timer) }
  },
}
