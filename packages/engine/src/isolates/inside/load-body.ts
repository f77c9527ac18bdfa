// Makes a body from the code that was sent.
import vm from 'node:vm'
import { TaskDefinitionError } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'
import type { TaskCode } from '../code/task-code.ts'
import type { Registrar } from './registrar.ts'

export class BodyLoader {
  readonly registrar: Registrar

  constructor(registrar: Registrar) {
    this.registrar = registrar
  }

  /** @throws TaskDefinitionError when the module does not export the body */
  load(code: TaskCode): TaskHandler | Promise<TaskHandler> {
    if (code.kind === 'source') return vm.runInThisContext(`(${code.text})`) as TaskHandler
    return this.#import(code.url, code.exported ?? code.name, code.name)
  }

  async #import(url: string, exported: string, name: string): Promise<TaskHandler> {
    const found = ((await import(url)) as Readonly<Record<string, unknown>>)[exported]
    if (typeof found === 'function') return found as TaskHandler
    throw new TaskDefinitionError(`task '${name}': ${url} does not export a function ${exported}; export it`)
  }
}
