// The task option `module` as a URL.
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TaskDefinitionError, describeValue } from '../../contract/errors.ts'

/**
 * The URL of the file that has the task.
 * @param module a file URL such as `import.meta.url`, or an absolute path such as `__filename`
 * @throws TaskDefinitionError for anything else
 */
export function moduleUrl(task: string, module: string): string {
  if (typeof module === 'string' && isAbsolute(module)) return pathToFileURL(module).href
  if (URL.canParse(module) && new URL(module).protocol === 'file:') return new URL(module).href
  throw new TaskDefinitionError(
    `task '${task}': module is the file that has the task: import.meta.url (in CommonJS __filename), or another file URL or absolute path; got ${describeValue(module)}`,
  )
}
