// Which function of an imported module is the body of a task: the one that the module defined by the task's name, else the
// one that it exports.
import { TaskDefinitionError, describeValue } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'
import { nearest } from '../../options/check.ts'
import type { TaskCode } from '../code/task-code.ts'
import { lineOf } from './places.ts'
import type { RegisteredTask, Registrar } from './registrar.ts'
import type { ModuleNamespace } from './typescript-loader.ts'

type ModuleCode = Extract<TaskCode, { readonly kind: 'module' }>

/**
 * Finds the body after the module was imported: among definitions that name this module, then among what it exports, then
 * among definitions that name no module. Definitions that name another module are those of other tasks.
 * @throws TaskDefinitionError saying what was looked for and what there is
 */
export function findBody(code: ModuleCode, exports: ModuleNamespace, registrar: Registrar): TaskHandler {
  const defined = registrar.named(code.name)
  const here = defined.filter(({ url }) => url !== undefined && isSameFile(url, code.url))
  const anywhere = defined.filter(({ url }) => url === undefined)
  return (
    theOnly(code, here) ?? exportedBody(code, exports) ?? theOnly(code, anywhere) ?? missing(code, exports, registrar)
  )
}

/** A query tells apart copies of a file that loaders make. */
function isSameFile(url: string, other: string): boolean {
  return url.replace(/[?#].*$/, '') === other.replace(/[?#].*$/, '')
}

function theOnly({ name, url }: ModuleCode, defined: readonly RegisteredTask[]): TaskHandler | undefined {
  if (defined.length < 2) return defined[0]?.handler
  throw new TaskDefinitionError(
    `task '${name}': ${url} and what it imports define ${defined.length} tasks of that name, and which one is meant cannot be told; give each a name of its own, or define each in a module that it names with module: import.meta.url`,
  )
}

/** The exports of the module, of its default export, and of a CommonJS module, which is the default one. */
function exportedBody({ name, exported }: ModuleCode, exports: ModuleNamespace): TaskHandler | undefined {
  const fallback = exports['default']
  for (const wanted of exported === undefined ? [name] : [exported, name]) {
    for (const holder of [exports, fallback]) {
      const value = ownValue(holder, wanted)
      if (typeof value === 'function') return value as TaskHandler
    }
    if (typeof fallback === 'function' && fallback.name === wanted) return fallback as TaskHandler
  }
  return undefined
}

function ownValue(holder: unknown, key: string): unknown {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return undefined
  return Object.hasOwn(holder, key) ? (holder as ModuleNamespace)[key] : undefined
}

function missing(code: ModuleCode, exports: ModuleNamespace, registrar: Registrar): never {
  const { name, url, exported } = code
  const names = exportNames(exports)
  const looked = exported === undefined || exported === name ? '' : `, nor a function ${describeValue(exported)}`
  const near = nearest(name, registrar.names) ?? nearest(exported ?? name, names)
  const hint = near === undefined || near === name ? '' : `; did you mean ${describeValue(near)}?`
  const there = `it exports ${listed(names)} and tasks are defined as ${listed(registrar.names)}`
  throw new TaskDefinitionError(
    `task '${name}': ${url} defines no such task and exports no function of that name${looked}: ${there}${unexported(code)}${elsewhere(code, registrar)}. Define the task with a fixed name at the top level of the module, or export its function${hint}`,
  )
}

/** Says so when the module has what was looked for and keeps it to itself. */
function unexported({ name, url, exported }: ModuleCode): string {
  for (const wanted of exported === undefined ? [name] : [exported, name]) {
    const line = lineOf(wanted, url)
    if (line !== undefined) return `; ${wanted} (line ${line}) is not exported`
  }
  return ''
}

/** Says so when another module has a task of that name. */
function elsewhere({ name }: ModuleCode, registrar: Registrar): string {
  const other = registrar.named(name)[0]?.url
  return other === undefined ? '' : `; task '${name}' there is that of module: '${other}'`
}

function exportNames(exports: ModuleNamespace): string[] {
  const fallback = exports['default']
  const inner = typeof fallback === 'object' && fallback !== null ? Object.keys(fallback) : []
  return [...new Set([...Object.keys(exports).filter((name) => name !== 'module.exports'), ...inner])]
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing'
  const shown = names.slice(0, 10).join(', ')
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown
}
