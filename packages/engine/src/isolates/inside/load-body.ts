// Makes a body from the code that was sent.
import { TaskDefinitionError } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'
import type { TaskCode } from '../code/task-code.ts'

export class BodyLoader {
  /** @throws TaskDefinitionError when the module does not export the body */
  load(code: TaskCode): TaskHandler | Promise<TaskHandler> {
    if (code.kind === 'source') return (0, eval)(`(${code.text})`) as TaskHandler
    return this.#import(code.url, code.exported ?? code.name, code.name)
  }

  async #import(url: string, exported: string, name: string): Promise<TaskHandler> {
    const found = ((await import(url)) as Readonly<Record<string, unknown>>)[exported]
    if (typeof found === 'function') return found as TaskHandler
    throw new TaskDefinitionError(`task '${name}': ${url} does not export a function ${exported}; export it`)
  }
}
