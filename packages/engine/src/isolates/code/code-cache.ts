// How bodies travel, worked out once for each function.
import type { TaskCall, TaskHandler } from '../../contract/task.ts'
import { taskCodeOf } from './task-code.ts'
import type { TaskCode } from './task-code.ts'

export class CodeCache {
  /** By function, then by name, module and the way in which it is called. */
  readonly #codes = new WeakMap<TaskHandler, Map<string, TaskCode>>()

  /**
   * The code of what a call runs.
   * @param handler the body, where the call has none
   * @throws TaskDefinitionError when the body cannot travel
   */
  codeOf({ name, options: { module }, rows }: TaskCall, handler: TaskHandler): TaskCode {
    const key = `${rows === true} ${name} ${module ?? ''}`
    const known = this.#codes.get(handler)
    const code = known?.get(key) ?? { ...taskCodeOf(name, handler, module), ...(rows === true ? { rows } : {}) }
    if (known === undefined) this.#codes.set(handler, new Map([[key, code]]))
    else known.set(key, code)
    return code
  }
}

/** The same for codes that are the same: a function made anew for each task has the same text each time. */
export function keyOf(code: TaskCode): string {
  const rows = code.rows === true
  if (code.kind === 'source') return `${rows} ${code.name} ${code.text}`
  return JSON.stringify([rows, code.name, code.url, code.exported])
}
