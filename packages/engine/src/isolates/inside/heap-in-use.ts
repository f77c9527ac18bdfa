// How much heap this thread has in use, which the engine looks at.
import { getHeapStatistics } from 'node:v8'

/** KiB, rounded up. */
export function heapInUseKb(): number {
  return Math.ceil(getHeapStatistics().used_heap_size / 1024)
}
