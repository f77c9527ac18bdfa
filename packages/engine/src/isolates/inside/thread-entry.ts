// The file that the threads of the thread lane run.
import { workerData } from 'node:worker_threads'
import { runningTask } from '../../lanes/task-context.ts'
import type { ThreadStart } from '../thread/messages.ts'
import { giveWay } from './give-way.ts'
import { BodyLoader } from './load-body.ts'
import { becomeIsolate } from './registrar.ts'
import { RunningInside } from './running.ts'
import { ThreadWorker } from './thread-worker.ts'

const start = workerData as ThreadStart
giveWay(start.nice, false)
const worker = new ThreadWorker(start, new BodyLoader(becomeIsolate()))

/** The task whose code runs at this moment. */
function culprit(): RunningInside | undefined {
  const running = runningTask()
  return running instanceof RunningInside ? running : undefined
}

process.on('uncaughtExceptionMonitor', (error) => worker.fatal(error, culprit()))
process.on('exit', (code) => worker.exit(code, culprit()))

void worker.run()
