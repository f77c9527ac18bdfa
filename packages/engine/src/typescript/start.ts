// How an attempt begins, on whichever lane.
import type { Settlement } from './settlement.ts'
import { RunState } from './run-state.ts'
import type { TaskRecord } from './task-record.ts'
import type { Walk } from './walk.ts'

/** From now on the task runs. It was taken from the ready queue of its lane and has passed its gates. */
export function beginAttempt(walk: Walk, settlement: Settlement, record: TaskRecord, now: number): RunState {
  const { events, occupancy, timers } = walk
  const { lane } = record.plan
  const run = attemptOf(record)
  record.run = run
  run.attempt++
  run.startedAt = now
  record.status = 'running'
  lane.running.push(record)
  occupancy.started()
  if (run.extrasOrNull !== null) {
    timers.remove(run.extrasOrNull.expiry)
    run.extrasOrNull.expiry = null
  }
  walk.keeper?.starting(record.taskId, run.attempt)
  if (events.wants('started')) settlement.tellStarted(record, run, now)
  return run
}

/**
 * The attempt ends through no fault of its task, or was called back: it waits again, for its turn as it was, and none is
 * used up.
 * @param run null when it had not begun
 */
export function undoAttempt({ clock, gatekeeper, occupancy }: Walk, record: TaskRecord, run: RunState | null): void {
  const { lane } = record.plan
  if (run !== null) {
    lane.running.remove(record)
    run.attempt--
    record.status = 'pending'
    occupancy.requeued()
  }
  gatekeeper.leave(record, clock.now())
  lane.ready.putBack(record)
}

/** The state of the attempt that starts now: the one made for the task's delay if it has not run, or a new one. */
function attemptOf(record: TaskRecord): RunState {
  if (record.run === null) return new RunState(record)
  return record.run.attempt === 0 ? record.run : record.run.following()
}

/** Whether the task waits for a turn it may no longer take: a busy event loop looks at queues before it looks at timers. */
export function isOverdue(record: TaskRecord, now: number): boolean {
  return (record.run?.extrasOrNull?.expiry?.dueAt ?? Infinity) <= now
}

export function isGated(record: TaskRecord): boolean {
  return record.plan.named.gate !== null || record.plan.keyed
}
