// What a child process of the process lane runs: it takes one task at a time from its parent, and does not outlive it.
import { inspect } from 'node:util'
import { runningTask } from '../../lanes/task-context.ts'
import type { Running } from '../../lanes/task-context.ts'
import { giveWay } from './give-way.ts'
import { BodyLoader } from './load-body.ts'
import { becomeIsolate } from './registrar.ts'
import { ProcessTasks } from './process-tasks.ts'
import { watchParent } from './parent-watch.ts'
import type { ChildOrders, FromChild, ToChild } from '../process/protocol.ts'
import { packError } from '../wire/wire-error.ts'

/** Longest wait for the last message to leave. */
const LAST_WORDS_MS = 200

const loader = new BodyLoader(becomeIsolate())

const orders = JSON.parse(process.argv[2] ?? 'null') as ChildOrders | null
const sendAny = process.send?.bind(process)
if (orders === null || sendAny === undefined) {
  process.stderr.write('this file is started by the process lane of @catzilla/engine, and by nothing else\n')
  process.exit(1)
}

giveWay(orders.nice, true)

const send = (message: FromChild, sent?: () => void): void => {
  if (process.connected) sendAny(message, undefined, {}, sent ?? ignore)
}
function ignore(): void {}

const tasks = new ProcessTasks(orders, loader, send)
process.on('message', (message: ToChild) => tasks.hear(message))
process.on('disconnect', () => process.exit())
// a terminal or a supervisor tells all processes to end: it is the parent that ends this one, when its tasks are done
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ignore)
let culprit: Running | undefined
process.on('exit', () => tasks.sayLast(culprit ?? runningTask()))
process.on('uncaughtException', (error) => {
  const leave = (): void => process.exit(1)
  culprit ??= runningTask()
  // nobody gets it as the error of a task
  if (tasks.isInnocent(culprit)) process.stderr.write(`${inspect(error)}\n`)
  send({ kind: 'crash', error: packError(error) }, leave)
  setTimeout(leave, LAST_WORDS_MS)
})

watchParent(orders.parent, orders.lifeline, () => send({ kind: 'ready' }))
