// Arrays of JavaScript as C may read them: nothing of the user's runs while they are looked at, and nothing of theirs
// differs from what every array has. Any other is left to JavaScript.
import { types } from 'node:util'
import type { ElementKind } from './types/elements.ts'
import { listMethods } from './lower/list-methods.ts'

/** What a body could find changed in an array of its own. */
const asked: readonly PropertyKey[] = [
  ...Object.keys(listMethods),
  'constructor',
  Symbol.iterator,
  Symbol.isConcatSpreadable,
  Symbol.toPrimitive,
]

function isPlain(value: unknown): value is unknown[] {
  return (
    Array.isArray(value) &&
    !types.isProxy(value) &&
    Object.getPrototypeOf(value) === Array.prototype &&
    Object.isExtensible(value) &&
    !asked.some((name) => Object.hasOwn(value, name))
  )
}

/**
 * The getter of an array itself or of its prototypes, where there may be a hole; none of them runs. A descriptor for each
 * element would take four times as long.
 */
const getterOf = Reflect.get(Object.prototype, '__lookupGetter__') as (this: unknown, index: number) => unknown

/** The elements of a plain array of the kind; undefined for any other value. Those that are written to are looked at closely. */
export function plainElements(value: unknown, of: ElementKind, written: boolean): readonly unknown[] | undefined {
  if (!isPlain(value) || (written && !isWritable(value))) return undefined
  for (let index = 0; index < value.length; index++) {
    if (getterOf.call(value, index) !== undefined || typeof value[index] !== of) return undefined
  }
  return value
}

function isWritable(value: readonly unknown[]): boolean {
  if (Object.getOwnPropertyDescriptor(value, 'length')?.writable !== true) return false
  return value.every((_, index) => {
    const own = Object.getOwnPropertyDescriptor(value, index)
    return own?.writable === true && own.configurable === true
  })
}
