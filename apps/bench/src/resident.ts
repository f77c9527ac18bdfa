// Memory of this process that is in use: in the heap of JavaScript, and resident outside of it.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'

/** Bytes. */
export interface ResidentMemory {
  readonly heap: number
  readonly outside: number
}

/** After a collection, which `collect` makes. */
export async function residentMemory(collect: () => void): Promise<ResidentMemory> {
  // what is freed is given back to the operating system by another thread, and some of it only after the next collection
  for (let time = 0; time < 2; time++) {
    collect()
    await sleep(100)
  }
  const { used_heap_size: used, total_physical_size: resident } = getHeapStatistics()
  return { heap: used, outside: residentNow() - resident }
}

/** The kernel counts pages exactly only when asked here; elsewhere the figure of the process has to do. */
function residentNow(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss()
  const kib = /^Rss:\s+(\d+) kB/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]
  return kib === undefined ? process.memoryUsage.rss() : Number(kib) * 1024
}
