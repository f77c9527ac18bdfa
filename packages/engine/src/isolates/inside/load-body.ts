// From the code of a task, as it was sent, to the function that is called: evaluated, or imported with its module.
import { existsSync } from 'node:fs'
import Module from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { TaskDefinitionError, describeValue, errorTable, toError } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'
import type { TaskCode } from '../code/task-code.ts'
import { rowByRow } from '../../lanes/row-by-row.ts'
import type { RowBody } from '../../lanes/row-by-row.ts'
import { keyOf } from '../code/code-cache.ts'
import { findBody } from './find-body.ts'
import { placeOf } from './places.ts'
import type { Registrar } from './registrar.ts'
import { importModule } from './typescript-loader.ts'
import type { ModuleNamespace } from './typescript-loader.ts'

type ModuleCode = Extract<TaskCode, { readonly kind: 'module' }>

/** The bodies of an isolate, each loaded once. */
export class BodyLoader {
  readonly #registrar: Registrar
  readonly #loaded = new Map<string, TaskHandler | Promise<TaskHandler>>()

  /** @param registrar what `becomeIsolate()` gave, before anything of the user's was imported */
  constructor(registrar: Registrar) {
    this.#registrar = registrar
  }

  /**
   * The function to call: a promise while a module is being imported, the function itself from then on.
   * @throws TaskDefinitionError (or rejects with it) for a module that is missing, throws while it is loaded, or does not
   * have the task, and for a text that is no function
   */
  load(code: TaskCode): TaskHandler | Promise<TaskHandler> {
    const key = keyOf(code)
    const there = this.#loaded.get(key)
    if (there !== undefined) return there
    const loaded = code.kind === 'source' ? asCalled(code, evaluate(code.name, code.text)) : this.#import(code, key)
    this.#loaded.set(key, loaded)
    return loaded
  }

  /** A text is not needed any more. A module stays: what it has defined does as well. */
  forget(code: TaskCode): void {
    if (code.kind === 'source') this.#loaded.delete(keyOf(code))
  }

  async #import(code: ModuleCode, key: string): Promise<TaskHandler> {
    try {
      const exports = await importFor(code)
      const handler = asCalled(code, findBody(code, exports, this.#registrar))
      this.#loaded.set(key, handler)
      return handler
    } catch (thrown) {
      // what was missing may be there the next time, such as a file that is being written
      this.#loaded.delete(key)
      throw thrown
    }
  }
}

/** What is called with the arguments of the task. */
function asCalled({ name, rows }: TaskCode, body: TaskHandler): TaskHandler {
  return rows === true ? rowByRow(name, body as RowBody) : body
}

function evaluate(task: string, text: string): TaskHandler {
  let value: unknown
  try {
    value = valueOf(task, text)
  } catch (thrown) {
    throw new TaskDefinitionError(
      `task '${task}': its text cannot be evaluated here: ${toError(thrown).message}; give it module: import.meta.url`,
      { cause: thrown },
    )
  }
  if (typeof value === 'function') return value as TaskHandler
  throw new TaskDefinitionError(
    `task '${task}': its text gives ${describeValue(value)} and no function; give it module: import.meta.url`,
  )
}

/** The value of an expression in the global scope of this isolate, in sloppy mode unless it says otherwise. */
function valueOf(task: string, text: string): unknown {
  if (!/\bimport\b/.test(text)) return new vm.Script(text, { filename: `task ${task}` }).runInThisContext()
  // a script that imports needs to stand somewhere: in the working directory, from where packages are resolved. As a module
  // that CommonJS compiles it may, without the warning that Node gives for what node:vm has for it
  const filename = join(process.cwd(), `task ${task.replaceAll(/[/\\]/g, '_')}`)
  const module = new Module(filename) as CompilableModule
  // oxlint-disable-next-line no-underscore-dangle -- its name, under which tools that compile have always used it
  module._compile(`module.exports = ${text}`, filename, 'commonjs')
  return module.exports
}

/** What the types leave out. */
type CompilableModule = Module & {
  _compile(this: CompilableModule, source: string, filename: string, format: 'commonjs'): unknown
}

async function importFor({ name, url }: ModuleCode): Promise<ModuleNamespace> {
  try {
    return await importModule(url)
  } catch (thrown) {
    const error = toError(thrown) as NodeJS.ErrnoException
    const { message } = error
    if (thrown instanceof TaskDefinitionError)
      throw new TaskDefinitionError(`task '${name}': ${message}`, { cause: thrown })
    throw new TaskDefinitionError(`task '${name}': module ${url} ${whyNot(url, error)}`, { cause: thrown })
  }
}

function whyNot(url: string, error: NodeJS.ErrnoException): string {
  const { code, message } = error
  if (code === 'ERR_MODULE_NOT_FOUND' && !existsSync(fileURLToPath(url))) {
    return 'is not there; give module: import.meta.url of the module that defines the task'
  }
  if (code === errorTable.UnsupportedByEngineError.code) {
    return `does more than define tasks when it is loaded: ${message}; put the tasks into a module of their own`
  }
  return `did not load in the thread or process of the task: ${message}${placeOf(error, url)}`
}
