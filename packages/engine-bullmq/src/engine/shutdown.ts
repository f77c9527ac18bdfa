// The end: what may still run does, the rest stays on the broker, and everybody who waits is told.
import type { ShutdownReport, StopOptions, TaskSummary } from '@catzilla/engine'
import type { BrokerHandle } from './broker-handle.ts'
import { closedError } from './errors.ts'
import type { Fetching } from './fetching.ts'
import type { Hub } from './hub.ts'
import type { Outbox } from './outbox.ts'
import type { Pauses } from './pauses.ts'
import type { Runner } from './runner.ts'
import type { Settlement } from './settlement.ts'

/** How long records that are under way to the broker are waited for at the end. */
const SEND_PATIENCE_MS = 5000

export interface ShutdownParts {
  readonly settlement: Settlement
  readonly outbox: Outbox
  readonly pauses: Pauses
  readonly runner: Runner
  readonly fetching: Fetching
  /** Settles when nothing is left to do. */
  readonly idle: () => Promise<void>
}

export async function shutDown(hub: Hub, parts: ShutdownParts, options: StopOptions): Promise<ShutdownReport> {
  const deadline = hub.now() + (options.waitForCompletion ? options.timeoutMs : 0)
  const open = [...hub.live.values()]
  let requeued = 0
  const close = (handle: BrokerHandle, why: string): void => {
    if (handle.peeked !== undefined || !handle.own) return
    const error = closedError(handle, why)
    requeued++
    handle.isClosed = true
    parts.settlement.settle(handle, { status: 'cancelled', error })
  }
  const kept = '; it stays on the broker and runs when a worker takes it'
  for (const handle of open) if (!comesInTime(hub, parts, handle, deadline, options)) close(handle, kept)
  if (!options.waitForCompletion || !open.some((handle) => handle.own)) parts.fetching.stop()
  if (options.waitForCompletion) await inTime(hub, parts.idle(), deadline)
  parts.fetching.stop()
  // what has ended counts as such, also when the broker hears of it after the time
  await inTime(hub, parts.runner.told(), hub.now() + SEND_PATIENCE_MS)
  const abandoned: TaskSummary[] = []
  for (const handle of open) {
    if (handle.peeked !== undefined) continue
    if (parts.runner.running.has(handle)) abandoned.push(summaryOf(handle))
    else close(handle, kept)
  }
  await hub.local.stop({ waitForCompletion: false, timeoutMs: 0 })
  for (const handle of open) {
    if (handle.peeked !== undefined) continue
    const why = `, still running after timeoutMs ${options.timeoutMs} ms; its worker's lock runs out, and it is run again`
    parts.settlement.settle(handle, { status: 'cancelled', error: closedError(handle, why) })
  }
  await inTime(hub, Promise.all([parts.outbox.flush(), parts.fetching.finished()]), hub.now() + SEND_PATIENCE_MS)
  const completed = open.filter(({ peeked }) => peeked?.status === 'completed' || peeked?.status === 'failed').length
  return { completed, cancelled: 0, requeued, abandoned }
}

/** What runs, and what can start before the time is over. */
function comesInTime(
  hub: Hub,
  { pauses, runner }: ShutdownParts,
  handle: BrokerHandle,
  deadline: number,
  { waitForCompletion }: StopOptions,
): boolean {
  if (runner.running.has(handle)) return true
  if (!waitForCompletion) return false
  if (handle.status === 'running') return true
  if (pauses.all || pauses.has(handle.name)) return false
  return (handle.dueAt ?? hub.now()) <= deadline
}

async function inTime(hub: Hub, work: Promise<unknown>, deadline: number): Promise<void> {
  const left = deadline - hub.now()
  if (left <= 0) return
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    if (Number.isFinite(left)) timer = setTimeout(resolve, Math.min(left, 2 ** 31 - 1))
  })
  await Promise.race([work, over])
  clearTimeout(timer)
}

function summaryOf(handle: BrokerHandle): TaskSummary {
  const { taskId, name, status, priority, createdAt, startedAt } = handle.stats()
  return { taskId, name, status, priority, createdAt, startedAt }
}
