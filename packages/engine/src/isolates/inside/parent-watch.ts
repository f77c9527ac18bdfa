// A process must not outlive its parent, also when its own event loop is blocked: a small thread looks after that.
import { Worker } from 'node:worker_threads'

/** How often the thread looks, in milliseconds. */
const LOOK_MS = 250

/** Plain JavaScript, and all that the thread runs. */
const watcher = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { parent, lifeline, lookMs } = workerData
  const end = () => process.kill(process.pid, 'SIGKILL')
  const isGone = () => {
    // where a process keeps the number of a parent that is gone, the number is asked whether it is in use
    if (process.ppid !== parent) return true
    try { process.kill(parent, 0) } catch (error) { return error.code === 'ESRCH' }
    return false
  }
  setInterval(() => { if (isGone()) end() }, lookMs)
  if (lifeline !== null) new (require('node:net').Socket)({ fd: lifeline }).on('error', () => {}).on('close', end).resume()
  parentPort.postMessage('watching')
`

/**
 * @param lifeline a descriptor whose other end is closed when the parent has gone; a thread of it may go alone
 * @param watching called when the thread is at work
 */
export function watchParent(parent: number, lifeline: number | null, watching: () => void): void {
  const thread = new Worker(watcher, {
    eval: true,
    workerData: { parent, lifeline, lookMs: LOOK_MS },
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  })
  // it must not keep alive a process that has nothing to do; the channel does
  thread.unref()
  thread.once('message', watching)
}
