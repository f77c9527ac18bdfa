// A body that keeps a CPU busy for as long as is asked, for load tests.

/**
 * @returns microseconds really spun. This twin cannot be stopped: it is JavaScript that never lets go of its thread.
 * @throws RangeError for no finite number of 0 or more
 */
export function spin(microseconds: number): number {
  if (!Number.isFinite(microseconds) || microseconds < 0) {
    throw new RangeError('spin: microseconds must be a finite number, 0 or more')
  }
  const begin = performance.now()
  let spun = 0
  while (spun < microseconds) spun = (performance.now() - begin) * 1000
  return spun
}
