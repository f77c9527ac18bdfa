// A worker in a process of its own. Arguments: URL of the engine, names of the tasks it knows. It tells when it is ready, and
// each body that begins: `begin <name> <taskId> <attempt>`.
import { currentTask, resolveTaskOptions } from '@catzilla/engine'
import type { TaskHandler } from '@catzilla/engine'
import { createBullmqEngine } from '../src/index.ts'

const bodies: Readonly<Record<string, TaskHandler>> = {
  add: (a: number, b: number) => a + b,
  pid: () => process.pid,
  forEver: () =>
    new Promise((_, reject) => currentTask()?.signal.addEventListener('abort', () => reject(new Error('aborted')))),
  halfWay: async () => {
    currentTask()?.progress(0.5, 'half way')
    currentTask()?.log('said', { n: 1 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    return 'whole way'
  },
  logsOddly: () => {
    currentTask()?.log('odd', { n: 1, big: 10n })
    return 'said'
  },
  block: (ms: number) => {
    const until = Date.now() + ms
    let turns = 0
    while (Date.now() < until) turns++
    return turns > 0
  },
  fails: () => {
    throw Object.assign(new RangeError('out of reach'), { distance: 7 })
  },
}

const [url = '', names = ''] = process.argv.slice(2)
const engine = createBullmqEngine(url)
const options = resolveTaskOptions({ retryDelayMs: 10, retryJitter: 0, timeoutMs: Infinity })
for (const name of names.split(',')) {
  const body = bodies[name] as (...args: unknown[]) => unknown
  const handler = (...args: unknown[]): unknown => {
    const task = currentTask()
    console.log(`begin ${name} ${task?.taskId} ${task?.attempt}`)
    return body(...args)
  }
  engine.register({ name, handler, options })
}
await engine.start()
console.log('ready')
process.once('SIGTERM', () => void engine.stop({ waitForCompletion: true, timeoutMs: 5000 }))
