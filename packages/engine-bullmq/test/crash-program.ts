// A worker that is killed. Each body that begins is a line: `start <taskId> <attempt>`. Arguments: URL of the engine, how many
// bodies at once.
import { currentTask, resolveTaskOptions } from '@catzilla/engine'
import { createBullmqEngine } from '../src/index.ts'

const [url = '', atOnce = '8'] = process.argv.slice(2)
const engine = createBullmqEngine(url, { inlineConcurrency: Number(atOnce) })
engine.register({
  name: 'work',
  options: resolveTaskOptions({}),
  handler: async (n: number) => {
    const task = currentTask()
    process.stdout.write(`start ${task?.taskId} ${task?.attempt}\n`)
    await new Promise((resolve) => setTimeout(resolve, n % 20))
    return n * 2
  },
})
await engine.start()
console.log('ready')
