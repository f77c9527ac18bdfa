// How a task's body reaches an isolate: as the text of a function that needs nothing round it, or as the module that has it.
import { TaskDefinitionError, toError } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'
import { outerReferences } from './free-variables.ts'
import { isNativeText, nameOf, readFunction, textOf } from './function-text.ts'
import type { ReadFunction } from './function-text.ts'
import { moduleUrl } from './module-url.ts'
import { describeReferences, splitReferences } from './outer-words.ts'
import { whyWrapped } from './wrapped-body.ts'

/**
 * What is sent to an isolate once for each task. `name` is the task's name.
 * - `source`: `text` is an expression that gives the function in any realm of Node.
 * - `module`: `url` is a file URL. The module registers the task by its name, or exports the function as `exported`.
 *
 * With `rows` the function is called for each row of the columns that come as arguments.
 */
export type TaskCode = (
  | { readonly kind: 'source'; readonly name: string; readonly text: string }
  | { readonly kind: 'module'; readonly name: string; readonly url: string; readonly exported: string | undefined }
) & { readonly rows?: true }

/**
 * Works out how the body of a task travels.
 *
 * Without `module` it is its text, and nothing in it may come from outside but the globals of Node. `import()` of `node:`
 * modules, of packages (resolved from the working directory), of absolute paths and file URLs travels; of relative paths it
 * does not. A module's own variable that has the name of a global (an imported `setTimeout`) cannot be told from the global.
 * @param name the task's name
 * @param module a file URL such as `import.meta.url`, or an absolute path such as `__filename`
 * @throws TaskDefinitionError naming the task, the variable and its line, and what to do
 */
export function taskCodeOf(name: string, handler: TaskHandler, module: string | undefined): TaskCode {
  if (module !== undefined) {
    return { kind: 'module', name, url: moduleUrl(name, module), exported: nameOf(handler) || undefined }
  }
  return { kind: 'source', name, text: sourceOf(name, handler) }
}

const REMEDY =
  'give the task module: import.meta.url (in CommonJS module: __filename), so that its module is imported there'

function sourceOf(task: string, handler: TaskHandler): string {
  const name = nameOf(handler)
  const what = name === '' ? 'its function' : `function ${name}`
  const wrapped = whyWrapped(handler)
  if (wrapped !== undefined) {
    throw new TaskDefinitionError(`task '${task}': its body ${wrapped}, which does not travel as text; ${REMEDY}`)
  }
  const { node, expression, strict } = read(task, what, handler)
  const { blockers, helpers } = splitReferences(outerReferences(node, strict))
  if (blockers.length > 0) {
    const taken = describeReferences(blockers, name)
    throw new TaskDefinitionError(
      `task '${task}': ${what} takes from outside what does not travel to another thread or process: ${taken}. Pass it as an argument, or ${REMEDY}`,
    )
  }
  const given = [...helpers].map(([helper, source]) => `const ${helper} = ${source}; `)
  return `(() => { ${strict ? "'use strict'; " : ''}${given.join('')}return ${expression} })()`
}

function read(task: string, what: string, handler: TaskHandler): ReadFunction {
  if (isNativeText(textOf(handler))) {
    throw new TaskDefinitionError(
      `task '${task}': ${what} is built in, bound or a proxy, and has no text that could travel; ${REMEDY}, or write a function that calls it`,
    )
  }
  const found = attempt(task, what, handler)
  if (found.node.type !== 'ClassExpression') return found
  throw new TaskDefinitionError(
    `task '${task}': its body is the class ${nameOf(handler)}; give a function, which may make an instance of it`,
  )
}

function attempt(task: string, what: string, handler: TaskHandler): ReadFunction {
  try {
    return readFunction(handler)
  } catch (thrown) {
    throw new TaskDefinitionError(
      `task '${task}': the text of ${what} cannot be read: ${toError(thrown).message}; ${REMEDY}`,
      { cause: thrown },
    )
  }
}
