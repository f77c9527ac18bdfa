// What the reader may do about a task; nothing is shown to those who may not.
import type { JSX } from 'preact'
import { rights } from '../live/rights.ts'
import { propose } from '../parts/confirmation.tsx'
import { go, hrefOf } from '../place.ts'
import type { TaskDetail } from '../server/answers.ts'
import { tell } from '../server/request.ts'
import { json } from '../wording.ts'

interface Props {
  readonly task: TaskDetail
  readonly refresh: () => void
}

const unsettled = ['scheduled', 'pending', 'running', 'retrying']

export function TaskActions({ task, refresh }: Props): JSX.Element {
  const { cancel, retry, submit, tasks } = rights.value
  const { name, status } = task
  const isSettled = !unsettled.includes(status)
  return (
    <>
      {submit && tasks.includes(name) && task.args !== undefined && (
        <button type="button" onClick={() => proposeRun(task)}>
          Run with other input…
        </button>
      )}
      {retry && isSettled && status !== 'completed' && (
        <button type="button" onClick={() => proposeRetry(task)}>
          Retry
        </button>
      )}
      {cancel && !isSettled && (
        <button type="button" onClick={() => proposeCancel(task, refresh)}>
          Cancel
        </button>
      )}
    </>
  )
}

interface Accepted {
  readonly taskId: string
}

function proposeRun({ taskId, name, args }: TaskDetail): void {
  propose({
    title: `Run ${name} with other input`,
    text: 'It becomes a new task, of the same class and with the same tags.',
    label: 'Run',
    input: { label: 'Arguments, a JSON array', initial: json(args), rows: 8 },
    async run(_, input) {
      const accepted = await tell<Accepted>('POST', `/${encodeURIComponent(taskId)}/run`, { args: argsOf(input) })
      go(hrefOf(['tasks', accepted.taskId]))
      return `Submitted as ${accepted.taskId}.`
    },
  })
}

function argsOf(input: string): readonly unknown[] {
  let args: unknown
  try {
    args = JSON.parse(input)
  } catch (thrown) {
    throw new Error(`This is no JSON: ${(thrown as Error).message}.`, { cause: thrown })
  }
  if (!Array.isArray(args)) throw new Error('The arguments are a JSON array, such as ["a", 1].')
  return args as unknown[]
}

function proposeRetry({ taskId, name }: TaskDetail): void {
  propose({
    title: `Retry ${name}?`,
    text: 'It is submitted again with the same input, as a new task.',
    label: 'Retry',
    async run() {
      const accepted = await tell<Accepted>('POST', `/${encodeURIComponent(taskId)}/retry`)
      go(hrefOf(['tasks', accepted.taskId]))
      return `Submitted again as ${accepted.taskId}.`
    },
  })
}

function proposeCancel({ taskId, name, status }: TaskDetail, refresh: () => void): void {
  propose({
    title: `Cancel ${name}?`,
    text:
      status === 'running'
        ? 'It runs: its signal is aborted, and what it gives is dropped.'
        : 'It will not be started.',
    label: 'Cancel the task',
    danger: true,
    input: { label: 'Reason, kept with the task', initial: '', rows: 1 },
    async run(_, reason) {
      await tell('DELETE', `/${encodeURIComponent(taskId)}`, undefined, { reason: reason.trim() })
      refresh()
      return `Cancelled ${name}.`
    },
  })
}
