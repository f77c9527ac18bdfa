// Isolates give way to the event loop that submits: with as many busy isolates as processors it would otherwise wait for one
// of them to have had its share before it answers anybody.
import { getPriority, setPriority } from 'node:os'

const LOWEST = 19

/** Makes this thread nicer by so much, resp. the whole process in its main thread. Windows and macOS know no nice threads. */
export function giveWay(nice: number, ofWholeProcess: boolean): void {
  if (nice === 0 || (!ofWholeProcess && process.platform !== 'linux')) return
  try {
    // on Linux 0 is the calling thread, elsewhere the process
    setPriority(0, Math.min(LOWEST, getPriority(0) + nice))
  } catch {
    // a sandbox may forbid it; it is a courtesy, and nothing depends on it
  }
}
