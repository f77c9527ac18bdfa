// How bodies travel, worked out once for each function.
import type { TaskHandler } from '../../contract/task.ts'
import { taskCodeOf } from './task-code.ts'
import type { TaskCode } from './task-code.ts'

export class CodeCache {
  /** By function, then by name and module. */
  readonly #codes = new WeakMap<TaskHandler, Map<string, TaskCode>>()

  /** @throws TaskDefinitionError when the body cannot travel */
  codeOf(name: string, handler: TaskHandler, module: string | undefined): TaskCode {
    const key = `${name} ${module ?? ''}`
    const known = this.#codes.get(handler)
    const code = known?.get(key) ?? taskCodeOf(name, handler, module)
    if (known === undefined) this.#codes.set(handler, new Map([[key, code]]))
    else known.set(key, code)
    return code
  }
}

/** The same for codes that are the same: a function made anew for each task has the same text each time. */
export function keyOf(code: TaskCode): string {
  return code.kind === 'source' ? `${code.name} ${code.text}` : JSON.stringify([code.name, code.url, code.exported])
}
