// `npm start -- --durable=DIRECTORY`: invoices that are written whatever happens to the process. Killed and started again with
// the same directory, it goes on with those that are left.
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createTasks, currentTask } from '@catzilla/api'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { Checks } from '../checks.ts'
import { shutdownLine } from '../closing-report.ts'
import type { Terminal } from '../terminal.ts'

const INVOICES = 100
/** Work on one of them, in milliseconds: time to be killed in. */
const WORK_MS = 100

export interface InvoiceOptions {
  /** Where the tasks are kept. */
  readonly directory: string
  /** Undefined: as the environment says. */
  readonly engine: string | undefined
  readonly outFolder: string
}

/** Writes all invoices, those first that an earlier process has left. @throws CheckError when one is missing */
export async function writeInvoices(terminal: Terminal, options: InvoiceOptions): Promise<void> {
  const { directory, engine, outFolder } = options
  const folder = join(outFolder, 'invoices')
  await mkdir(folder, { recursive: true })
  const tasks = createTasks({ durable: directory, inlineConcurrency: 3, ...(engine === undefined ? {} : { engine }) })
  try {
    const invoice = tasks.task({ name: 'invoice.write', keepResultMs: 3_600_000 }, (number: number) =>
      writeInvoice(folder, number),
    )
    await tasks.ready
    terminal.text(`Catzilla Tasks: the ${tasks.engineInfo.name} engine, its tasks in ${directory}`)
    await beginOrGoOn(terminal, tasks, invoice)
    await watch(terminal, tasks)
    await checkAll(terminal, tasks, folder)
  } finally {
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 1000 })
  }
}

async function beginOrGoOn(terminal: Terminal, tasks: BackgroundTasks, invoice: Task<[number], string>): Promise<void> {
  const left = await countOf(tasks, ['pending', 'scheduled', 'retrying', 'running'])
  if (left > 0) return terminal.line(`${left} invoices were left by a process that has ended: they are written now`)
  const accepted = Array.from({ length: INVOICES }, (_, number) => invoice.enqueue(number + 1))
  await Promise.all(accepted)
  terminal.line(`${INVOICES} invoices are accepted, and on disk: kill -9 ${process.pid}, then start it again`)
}

/** Until all are written, with how far it is. */
async function watch(terminal: Terminal, tasks: BackgroundTasks): Promise<void> {
  let ended = INVOICES - (await countOf(tasks, ['pending', 'scheduled', 'retrying', 'running']))
  const stopListening = tasks.on('completed', () => terminal.progress(++ended / INVOICES, 'invoices written'))
  try {
    await tasks.drain()
  } finally {
    stopListening()
    terminal.endProgress()
  }
}

/** Done under the id of the task: twice gives the same file, and never half of one. */
async function writeInvoice(folder: string, number: number): Promise<string> {
  const task = currentTask()
  await pause(WORK_MS)
  const path = join(folder, `${String(number).padStart(3, '0')}.txt`)
  await writeFile(`${path}.${task?.taskId}`, `invoice ${number}, attempt ${task?.attempt}\n`)
  await rename(`${path}.${task?.taskId}`, path)
  return path
}

async function checkAll(terminal: Terminal, tasks: BackgroundTasks, folder: string): Promise<void> {
  const checks = new Checks()
  const names = (await readdir(folder)).filter((name) => name.endsWith('.txt'))
  checks.equal(names.length, INVOICES, 'every invoice is written, and none twice')
  // of an earlier run too, where the directory has seen one
  checks.holds((await countOf(tasks, 'completed')) >= INVOICES, 'every task has ended well')
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const again = texts.filter((text) => !text.includes('attempt 1')).length
  const report = await tasks.shutdown()
  terminal.line(`all ${INVOICES} invoices are written; ${again} of them were under way when a process was killed`)
  terminal.line(shutdownLine(report))
}

type Statuses = NonNullable<Parameters<BackgroundTasks['listTasks']>[0]>['status']

async function countOf(tasks: BackgroundTasks, status: Exclude<Statuses, undefined>): Promise<number> {
  const { tasks: found } = await tasks.listTasks({ name: 'invoice.write', status, limit: 1000 })
  return found.length
}
