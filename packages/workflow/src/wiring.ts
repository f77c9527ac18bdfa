// Arguments with placeholders in them: compiled once, when the graph is built, and filled in for each run.
import { WorkflowError } from '@catzilla/api'
import { originOf } from './placeholder.ts'
import type { Origin } from './placeholder.ts'

/** An argument in which values are filled in. */
export type Template =
  | { readonly kind: 'constant'; readonly value: unknown }
  | Origin
  | { readonly kind: 'list'; readonly of: readonly Template[] }
  | { readonly kind: 'record'; readonly of: readonly (readonly [key: string, value: Template])[] }

/** Where values come from in a run. */
export interface ValueSource {
  readonly input: unknown
  valueOf(step: number): unknown
}

/**
 * @param meet called for each placeholder that is found
 * @throws whatever `meet` throws; WorkflowError for a placeholder where none can be filled in
 */
export function compileTemplate(value: unknown, meet: (origin: Origin) => void): Template {
  const origin = originOf(value)
  if (origin !== undefined) {
    meet(origin)
    return origin
  }
  if (Array.isArray(value)) return compileList(value, meet)
  if (isPlain(value)) return compileRecord(value, meet)
  if (value instanceof Map || value instanceof Set) refuseInside(value)
  return { kind: 'constant', value }
}

function compileList(value: readonly unknown[], meet: (origin: Origin) => void): Template {
  const of = value.map((each) => compileTemplate(each, meet))
  return of.every(({ kind }) => kind === 'constant') ? { kind: 'constant', value } : { kind: 'list', of }
}

function compileRecord(value: Readonly<Record<string, unknown>>, meet: (origin: Origin) => void): Template {
  const of = Object.entries(value).map(([key, each]) => [key, compileTemplate(each, meet)] as const)
  return of.every(([, { kind }]) => kind === 'constant') ? { kind: 'constant', value } : { kind: 'record', of }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function refuseInside(value: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>): void {
  for (const [key, each] of value.entries()) {
    if (originOf(key) === undefined && originOf(each) === undefined) continue
    throw new WorkflowError(
      'a placeholder stands in a Map or Set, where nothing fills it in; wire lists and plain objects, and make the Map in the task',
    )
  }
}

export function fillIn(template: Template, source: ValueSource): unknown {
  switch (template.kind) {
    case 'constant':
      return template.value
    case 'step':
      return follow(source.valueOf(template.step), template.path)
    case 'input':
      return follow(source.input, template.path)
    case 'list':
      return template.of.map((each) => fillIn(each, source))
    case 'record':
      return Object.fromEntries(template.of.map(([key, each]) => [key, fillIn(each, source)]))
  }
}

/** As `?.` does: what is not there is undefined. */
function follow(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const key of path) found = (found as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key]
  return found
}
