// Processor time, and how often threads of this process went to sleep: Linux tells, elsewhere nobody does.
import { readFileSync, readdirSync } from 'node:fs'

/** Nanoseconds that the thread that runs JavaScript has been on a processor; NaN where that is not told. */
export function cpuTimeOfThisThread(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ', 1)[0])
  } catch {
    return Number.NaN
  }
}

/** Sleeps so far of each thread that is alive, by its number: as many as it was woken. Empty where that is not told. */
export function sleepsByThread(): Map<string, number> {
  const sleeps = new Map<string, number>()
  for (const thread of threads()) {
    const status = readFileSync(`/proc/self/task/${thread}/status`, 'utf8')
    sleeps.set(thread, Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]))
  }
  return sleeps
}

function threads(): string[] {
  try {
    return readdirSync('/proc/self/task')
  } catch {
    return []
  }
}
