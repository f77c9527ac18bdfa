// Columns: one call for a million rows. On the C engine the columns are read where they are, by C worker threads; without it
// the same kernels run as JavaScript, with the same results to the bit.
import { createTasks } from '@catzilla/api'

const tasks = createTasks()

const rows = 1_000_000
const prices = Float64Array.from({ length: rows }, (_, row) => row % 100)
const amounts = Float64Array.from({ length: rows }, (_, row) => 1 + (row % 3))

const totals = await tasks.kernel('multiply').mapArrays(prices, amounts).wait()
console.log(totals.length, totals[299], totals[1])

const { count, min, max, mean } = await tasks.kernel('stats').delay(Float64Array.from(totals)).wait()
console.log({ count, min, max, mean: Number(mean.toFixed(3)) })

await tasks.shutdown()

// It prints:
// 1000000 297 2
// { count: 1000000, min: 0, max: 297, mean: 99 }
