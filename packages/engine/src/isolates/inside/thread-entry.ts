// The file that the threads of the thread lane run.
import { workerData } from 'node:worker_threads'
import { runningTask } from '../../lanes/task-context.ts'
import type { ThreadStart } from '../thread/messages.ts'
import { BodyLoader } from './load-body.ts'
import { becomeIsolate } from './registrar.ts'
import { RunningInside } from './running.ts'
import { ThreadWorker } from './thread-worker.ts'

const worker = new ThreadWorker(workerData as ThreadStart, new BodyLoader(becomeIsolate()))

process.on('uncaughtExceptionMonitor', (error) => {
  const culprit = runningTask()
  worker.fatal(error, culprit instanceof RunningInside ? culprit : undefined)
})
process.on('exit', (code) => worker.exit(code))

void worker.run()
