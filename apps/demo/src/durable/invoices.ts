// `npm start -- --durable=DIRECTORY`, or `--engine=` with the URL of a broker: invoices that are written whatever happens to the
// process. Killed and started again with the same directory or broker, it goes on with those that are left.
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
  /** Where the tasks are kept; undefined: on the broker. */
  readonly directory: string | undefined
  /** Undefined: as the environment says. */
  readonly engine: string | undefined
  readonly outFolder: string
}

/** Whether an engine keeps its tasks on a broker. @param engine undefined: as the environment says */
export function isBroker(engine: string | undefined = process.env['CATZILLA_ENGINE']): boolean {
  return engine !== undefined && /^(rediss?|postgres(ql)?):/.test(engine)
}

/** Writes all invoices, those first that an earlier process has left. @throws CheckError when one is missing */
export async function writeInvoices(terminal: Terminal, options: InvoiceOptions): Promise<void> {
  const { directory, engine, outFolder } = options
  const folder = join(outFolder, 'invoices')
  await mkdir(folder, { recursive: true })
  const tasks = createTasks({
    inlineConcurrency: 3,
    ...(directory === undefined ? {} : { durable: directory }),
    ...(engine === undefined ? {} : { engine: isBroker(engine) ? withShortLock(engine) : engine }),
  })
  try {
    const invoice = tasks.task({ name: 'invoice.write', keepResultMs: 3_600_000 }, (number: number) =>
      writeInvoice(folder, number),
    )
    await tasks.ready
    const place = directory === undefined ? 'on the broker' : 'on disk'
    terminal.text(
      `Catzilla Tasks: the ${tasks.engineInfo.name} engine, its tasks ${directory === undefined ? place : `in ${directory}`}`,
    )
    await beginOrGoOn(terminal, tasks, invoice, place)
    await watch(terminal, tasks)
    await checkAll(terminal, tasks, folder)
  } finally {
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 1000 })
  }
}

/** A process that is killed leaves its tasks locked; nobody wants to watch that for as long as the default is. */
function withShortLock(engine: string): string {
  const url = new URL(engine)
  if (!url.searchParams.has('lockMs')) url.searchParams.set('lockMs', '3000')
  return url.href
}

async function beginOrGoOn(
  terminal: Terminal,
  tasks: BackgroundTasks,
  invoice: Task<[number], string>,
  place: string,
): Promise<void> {
  const left = await countOf(tasks, ['pending', 'scheduled', 'retrying', 'running'])
  if (left > 0) return terminal.line(`${left} invoices were left by a process that has ended: they are written now`)
  const accepted = Array.from({ length: INVOICES }, (_, number) => invoice.enqueue(number + 1))
  await Promise.all(accepted)
  terminal.line(`${INVOICES} invoices are accepted, and ${place}: kill -9 ${process.pid}, then start it again`)
}

/** Until all are written, with how far it is. What an earlier process submitted is nobody's to wait for, so it is looked at. */
async function watch(terminal: Terminal, tasks: BackgroundTasks): Promise<void> {
  try {
    for (;;) {
      const left = await countOf(tasks, ['pending', 'scheduled', 'retrying', 'running'])
      terminal.progress((INVOICES - left) / INVOICES, 'invoices written')
      if (left === 0) return
      await pause(WORK_MS)
    }
  } finally {
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
