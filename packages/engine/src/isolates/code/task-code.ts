// How the code of a body travels to another thread or process: as its source, or as the module that exports it.
import { pathToFileURL } from 'node:url'
import { TaskDefinitionError } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'

export type TaskCode =
  | { readonly kind: 'source'; readonly name: string; readonly text: string }
  | { readonly kind: 'module'; readonly name: string; readonly url: string; readonly exported: string | undefined }

/** @throws TaskDefinitionError when the body cannot travel */
export function taskCodeOf(name: string, handler: TaskHandler, module: string | undefined): TaskCode {
  if (module !== undefined) {
    const url = module.startsWith('file:') ? module : pathToFileURL(module).href
    return { kind: 'module', name, url, exported: handler.name || undefined }
  }
  const text = Function.prototype.toString.call(handler)
  if (!text.endsWith('{ [native code] }')) return { kind: 'source', name, text }
  throw new TaskDefinitionError(`task '${name}': a native function cannot travel; wrap it in a function of your own`)
}
