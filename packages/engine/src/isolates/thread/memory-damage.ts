// What is said when the memory that threads share turns out to be damaged.
import { TaskCrashedError } from '../../contract/errors.ts'
import type { TaskRecord } from '../../typescript/task-record.ts'
import type { ThreadEnd } from './thread-isolate.ts'

const ADVICE = 'look for code in a task, or a native addon, that writes to memory it does not own'

/** With what a thread ends that finds something in the memory which can not be. */
export class LaneDamage extends Error {
  override name = 'LaneDamage'
}

/** What a thread that has ended had found; undefined when that is not why it ended. */
export function damageSaid({ error }: ThreadEnd): string | undefined {
  // the class is not the same on this side
  return error?.name === 'LaneDamage' ? error.message : undefined
}

/** The error of a task that ran by then. */
export function damageError({ name }: TaskRecord, how: string): TaskCrashedError {
  return new TaskCrashedError(
    `task '${name}': the memory that its thread shares with others was damaged while it ran: ${how}; the threads were replaced; ${ADVICE}`,
  )
}

export function tellDamage(how: string): void {
  process.emitWarning(
    `the memory that threads share was damaged: ${how}; they were replaced, and tasks that waited go on; ${ADVICE}`,
    { type: 'CatzillaWarning', code: 'CATZILLA_LANE_DAMAGED' },
  )
}
