// Rows of tasks. Only those in sight are in the page, so ten thousand scroll as smoothly as ten.
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ClassName, StatusBadge } from '../parts/badge.tsx'
import { hrefOf } from '../place.ts'
import type { TaskLine } from '../server/answers.ts'
import { distance, duration, percent, time } from '../wording.ts'
import type { TaskList } from './task-list.ts'

/** As the style sheet has it, in pixels. */
const ROW = 36
const PHONE_ROW = 58
/** Rows beyond both edges of what is in sight. */
const BEYOND = 12
/** Rows from the end at which more are asked for. */
const AHEAD = 60

const columns = ['State', 'Task', 'Class', 'Lane', 'Submitted', 'Waited', 'Ran', 'Retries', 'Note']

export function TaskRows({ list }: { readonly list: TaskList }): JSX.Element {
  const { rows, hasMore, more, look } = list
  const port = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600, row: ROW })
  useEffect(() => {
    const { current: element } = port
    if (element === null) return undefined
    const measure = (): void => {
      const row = matchMedia('(max-width: 720px)').matches ? PHONE_ROW : ROW
      setView({ top: element.scrollTop, height: element.clientHeight, row })
    }
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => sizes.disconnect()
  }, [])
  const first = Math.max(0, Math.floor(view.top / view.row) - BEYOND)
  const end = Math.min(rows.length, Math.ceil((view.top + view.height) / view.row) + BEYOND)
  look(Math.min(rows.length - 1, first + BEYOND))
  useEffect(() => {
    if (hasMore && end > rows.length - AHEAD) more()
  }, [end, rows.length, hasMore])
  useSteadyPlace(port.current, rows, view.row)
  return (
    <div class="rows" role="table" aria-label="Tasks" aria-rowcount={hasMore ? -1 : rows.length + 1}>
      <div
        class="port"
        ref={port}
        tabIndex={0}
        role="rowgroup"
        aria-label="Arrow keys move from task to task"
        onKeyDown={walk}
      >
        <div class="row head" role="row" aria-rowindex={1}>
          {columns.map((label) => (
            <span role="columnheader" class={label.toLowerCase()}>
              {label}
            </span>
          ))}
        </div>
        <div role="presentation" class="length" style={{ height: `${rows.length * view.row}px` }}>
          {rows.slice(first, end).map((task, index) => (
            <Row key={task.taskId} task={task} index={first + index} height={view.row} />
          ))}
        </div>
      </div>
    </div>
  )
}

interface RowProps {
  readonly task: TaskLine
  readonly index: number
  readonly height: number
}

function Row({ task, index, height }: RowProps): JSX.Element {
  const { taskId, name, status, priority, lane, createdAt, waitTimeMs, executionTimeMs, retries } = task
  return (
    <div class="row" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${index * height}px)` }}>
      <span role="cell" class="state">
        <StatusBadge status={status} />
      </span>
      <span role="cell" class="task">
        <a href={hrefOf(['tasks', taskId])}>{name}</a> <code>{taskId.slice(0, 18)}</code>
      </span>
      <span role="cell" class="class">
        <ClassName name={priority} />
      </span>
      <span role="cell" class="lane">
        {lane}
      </span>
      <span role="cell" class="submitted" title={distance(createdAt)}>
        {time(createdAt)}
      </span>
      <span role="cell" class="waited">
        {duration(waitTimeMs)}
      </span>
      <span role="cell" class="ran">
        {duration(executionTimeMs)}
      </span>
      <span role="cell" class="retries">
        {retries === 0 ? '' : retries}
      </span>
      <span role="cell" class="note">
        {noteOf(task)}
      </span>
    </div>
  )
}

function noteOf({ error, progress, status, dueAt, waitingFor, tags }: TaskLine): string {
  if (error !== undefined) return `${error.name}: ${error.message}`
  if (status === 'running' && progress !== null) return `${percent(progress.ratio)} ${progress.message ?? ''}`
  if (dueAt !== null) return `due ${distance(dueAt)}`
  return waitingFor ?? tags.join(', ')
}

/** New tasks come at the top: whoever reads further down keeps the same rows before their eyes. */
function useSteadyPlace(port: HTMLElement | null, rows: readonly TaskLine[], height: number): void {
  const before = useRef<string | undefined>(undefined)
  useLayoutEffect(() => {
    const first = before.current
    before.current = rows[0]?.taskId
    if (port === null || first === undefined || port.scrollTop < height) return
    const added = rows.findIndex(({ taskId }) => taskId === first)
    if (added > 0) port.scrollTop += added * height
  }, [port, rows, height])
}

/** Up and down go from task to task. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLAnchorElement>('.row .task a')]
  const at = links.indexOf(document.activeElement as HTMLAnchorElement)
  const inSight = links.find(
    (link) => link.getBoundingClientRect().top >= (event.currentTarget as HTMLElement).getBoundingClientRect().top,
  )
  const next = at < 0 ? inSight : links[at + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
