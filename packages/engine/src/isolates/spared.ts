// Tasks whose thread or process was ended by what an earlier task had left behind there: they run again, without having
// used up an attempt, and somebody is told what happened.
import type { TaskRecord } from '../typescript/task-record.ts'

/** So often for each task: code in a task may have made up what is said of an earlier one. */
const MOST_TIMES = 10

export class Spared {
  readonly #times = new WeakMap<TaskRecord, number>()

  /** Whether the task may run once more at no cost. To be asked once each time. */
  mayRunAgain(record: TaskRecord): boolean {
    const times = (this.#times.get(record) ?? 0) + 1
    this.#times.set(record, times)
    return times <= MOST_TIMES
  }
}

/**
 * Warns that code goes on after its task has ended.
 * @param task the one that ran by then
 * @param where such as `process 4711`
 * @param what ended it, in words
 */
export function tellLeftBehind(task: string, where: string, what: string): void {
  process.emitWarning(
    `${where} was ended, while task '${task}' ran there, by code that an earlier task had left behind: ${what}; '${task}' runs again. Stop timers and connections before a task ends`,
    { type: 'CatzillaWarning', code: 'CATZILLA_LEFT_BEHIND' },
  )
}
