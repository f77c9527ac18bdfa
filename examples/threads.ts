// Threads: what computes for long belongs off the event loop. A time limit holds there, whatever the body does.
import { createTasks, TaskTimeoutError } from '@catzilla/api'

const tasks = createTasks()

// these bodies need nothing from outside, so they travel to the thread as text
const countPrimes = tasks.task({ name: 'countPrimes', lane: 'thread' }, (below: number) => {
  let count = 0
  for (let n = 2; n < below; n++) {
    let divisor = 2
    while (divisor * divisor <= n && n % divisor !== 0) divisor++
    if (divisor * divisor > n) count++
  }
  return count
})
console.log(await countPrimes.batch([[1000], [10_000], [50_000]]).wait())

// this one would never end: its thread is ended, and the next task gets another
const stuck = tasks.task({ name: 'stuck', lane: 'thread', timeoutMs: 50, maxRetries: 0 }, () => {
  let turns = 0
  while (turns >= 0) turns++
})
await stuck
  .delay()
  .wait()
  .catch((error: unknown) => console.log(error instanceof TaskTimeoutError, (error as Error).message))

console.log(await countPrimes.delay(100).wait())
await tasks.shutdown()

// It prints:
// [ 168, 1229, 5133 ]
// true task 'stuck' ran longer than its timeoutMs of 50 ms
// 25
