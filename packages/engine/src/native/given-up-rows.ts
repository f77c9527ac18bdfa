// Rows of columns that a compiled body has given up: JavaScript does them, in the same attempt.
import type { TaskRecord } from '../typescript/task-record.ts'
import { asDoubles } from './kernel-columns.ts'

/** Upper and lower half of CTZ_ROW_GIVEN_UP: a NaN that C gives for nothing else. */
const [MARK_HIGH, MARK_LOW] = [0x7ff4ca72, 0x00000001]
const [LOW, HIGH] = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? [0, 1] : [1, 0]

/**
 * @param given how many there are
 * @throws what the body throws, for the first row of which it does
 */
export function doGivenUpRows({ plan, args }: TaskRecord, out: Float64Array, given: number): void {
  if (given === 0) return
  plan.call.kernel?.program?.bailed(given)
  const columns = asDoubles(args)
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length * 2)
  for (let row = 0, left = given; left > 0 && row < out.length; row++) {
    if (words[row * 2 + HIGH] !== MARK_HIGH || words[row * 2 + LOW] !== MARK_LOW) continue
    const [value] = plan.handler(...(columns.map((each) => each.subarray(row, row + 1)) as never[])) as Float64Array
    out[row] = value ?? Number.NaN
    left--
  }
}
