// An application of ours and nothing else, whose memory is looked at from outside: tasks that C runs and tasks that
// JavaScript runs. `node worker.js COUNT` says so once it has run as many of each, and stays until its input ends.
import { createTasks } from '@catzilla/api'
import { add } from '../../contenders/bodies.ts'

const count = Number(process.argv[2])
const tasks = createTasks({ workers: 2, enableAutoScaling: false })
const simple = tasks.task({ name: 'simple' }, add)
const plain = tasks.task({ name: 'plain', compile: false, lane: 'inline' }, add)
for (const task of [simple, plain]) {
  const results = []
  for (let value = 0; value < count; value++) results.push(task.delay(value, 1))
  let sum = 0
  for (const result of results) sum += await result.wait()
  if (sum !== (count * (count + 1)) / 2) throw new Error(`the sum of the results is wrong: ${sum}`)
}
process.stdout.write(`ran on ${tasks.engineInfo.name}\n`)
process.stdin.once('end', () => void tasks.shutdown()).resume()
