// What arguments are, as far as compiled bodies tell them apart.
import { arrayTypeNames } from '../../contract/body-compiler.ts'
import type { ArgumentType, ArrayTypeName, ListTypeName } from '../../contract/body-compiler.ts'

/** Fields of a record at most, at all depths together. */
const MOST_FIELDS = 16
const MOST_DEPTH = 3

/** The types of arguments; null when one of them is of none that C knows. */
export function typesOf(args: readonly unknown[]): readonly ArgumentType[] | null {
  const types: ArgumentType[] = []
  for (const arg of args) {
    const type = typeOf(arg, MOST_DEPTH)
    if (type === null) return null
    types.push(type)
  }
  return types
}

function typeOf(value: unknown, depth: number): ArgumentType | null {
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value as 'number' | 'string' | 'boolean'
    case 'object':
      if (Array.isArray(value)) return listTypeOf(value)
      return value === null ? null : (arrayTypeOf(value) ?? recordTypeOf(value, depth))
    default:
      return null
  }
}

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object

function arrayTypeOf(value: object): ArrayTypeName | null {
  if (!ArrayBuffer.isView(value) || Buffer.isBuffer(value)) return null
  const { buffer } = value
  // what is shared or resizable may change while C looks at it
  if (buffer instanceof SharedArrayBuffer || (buffer as { readonly resizable?: boolean }).resizable === true)
    return null
  // by the getter that all of them share, whatever has become of its own prototype
  const kind: unknown = Reflect.get(typedArrayPrototype, Symbol.toStringTag, value)
  return arrayTypeNames.find((name) => name === kind) ?? null
}

/** By its first element: whether the others are like it is seen once they are handed over. Empty, it is of any kind. */
function listTypeOf(value: readonly unknown[]): ListTypeName | null {
  const first = Object.getOwnPropertyDescriptor(value, 0)
  if (first === undefined) return value.length === 0 ? 'number[]' : null
  const type = typeof first.value
  return type === 'number' || type === 'string' || type === 'boolean' ? `${type}[]` : null
}

function isListType(type: string): boolean {
  return type.endsWith('[]')
}

function recordTypeOf(value: object, depth: number): ArgumentType | null {
  if (depth === 0 || Object.getPrototypeOf(value) !== Object.prototype) return null
  const names = Object.keys(value)
  if (names.length === 0 || names.length > MOST_FIELDS) return null
  const record: Record<string, ArgumentType> = {}
  for (const name of names) {
    const own = Object.getOwnPropertyDescriptor(value, name)
    const isData = own !== undefined && 'value' in own && name !== '__proto__'
    const type = isData ? typeOf(own.value, depth - 1) : null
    if (type === null) return null
    record[name] = type
  }
  return { record }
}

/** Whether arguments are of exactly these types. */
export function matches(types: readonly ArgumentType[], args: readonly unknown[]): boolean {
  if (args.length !== types.length) return false
  for (let index = 0; index < args.length; index++) {
    const type = types[index]
    const arg = args[index]
    if (typeof type === 'object' || typeof arg === 'object') {
      if (!isOf(type, arg)) return false
    } else if (typeof arg !== type) return false
  }
  return true
}

function isOf(type: ArgumentType | undefined, value: unknown): boolean {
  if (type === undefined || typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return typeof type === 'string' && isListOf(type, value)
  if (typeof type === 'string') return arrayTypeOf(value) === type
  const found = recordTypeOf(value, MOST_DEPTH)
  return found !== null && sameType(type, found)
}

function isListOf(type: string, value: readonly unknown[]): boolean {
  return isListType(type) && (value.length === 0 || listTypeOf(value) === type)
}

function sameType(one: ArgumentType, other: ArgumentType): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  const names = Object.keys(one.record)
  if (names.length !== Object.keys(other.record).length) return false
  return names.every((name) => {
    const [mine, theirs] = [one.record[name], other.record[name]]
    return mine !== undefined && theirs !== undefined && sameType(mine, theirs)
  })
}

/** As users read it: `number, { amount: number }`. */
export function describeTypes(types: readonly ArgumentType[]): string {
  return types.map(describeType).join(', ')
}

function describeType(type: ArgumentType): string {
  if (typeof type === 'string') return type
  const fields = Object.entries(type.record).map(([name, field]) => `${name}: ${describeType(field)}`)
  return `{ ${fields.join(', ')} }`
}
