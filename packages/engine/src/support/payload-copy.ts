// Copies payloads as a thread or process boundary would (structured clone semantics), and names the path of what cannot
// cross it. Primitives cost a type check; arrays and plain objects are copied here, rarer kinds by structuredClone.
import { PayloadError } from '../contract/errors.ts'

type Path = readonly (string | number)[]

/**
 * The arguments as the task may have them: later changes by the caller are not seen. The list itself is not copied.
 * Functions, symbols, promises, weak collections and handles of the system do not travel.
 * @throws PayloadError naming the path, such as `args[0].user.socket`
 */
export function copyArguments(args: readonly unknown[], task: string): readonly unknown[] {
  for (const arg of args) {
    if (!isPlainPrimitive(arg)) {
      const seen = new Map<object, unknown>()
      return args.map((each, index) => copyRoot(each, [index], seen, `task '${task}': args`))
    }
  }
  return args
}

/** A copy of a task's result, on the same terms. @throws PayloadError naming the path, such as `result.socket` */
export function copyResult(value: unknown, task: string): unknown {
  return isPlainPrimitive(value) ? value : copyRoot(value, [], new Map(), `task '${task}': result`)
}

function isPlainPrimitive(value: unknown): boolean {
  const type = typeof value
  return value === null || (type !== 'object' && type !== 'function' && type !== 'symbol')
}

/** Copies go down as deep as the stack allows, which is some thousand levels; structuredClone does no better. */
function copyRoot(value: unknown, path: Path, seen: Map<object, unknown>, where: string): unknown {
  try {
    return copy(value, path, seen, where)
  } catch (error) {
    // too deep, or the payload itself threw: a getter, a proxy
    throw error instanceof PayloadError ? error : cannotTravel(value, path, where, error)
  }
}

function copy(value: unknown, path: Path, seen: Map<object, unknown>, where: string): unknown {
  if (isPlainPrimitive(value)) return value
  if (typeof value !== 'object' || value === null) throw cannotTravel(value, path, where)
  const known = seen.get(value)
  if (known !== undefined) return known
  if (Array.isArray(value)) return copyArray(value, path, seen, where)
  if (value instanceof Map) return copyMap(value, path, seen, where)
  if (value instanceof Set) return copySet(value, path, seen, where)
  if (isCopiedWhole(value)) return copyWhole(value, path, seen, where)
  if (isOpaque(value)) throw cannotTravel(value, path, where)
  return copyFields(value, path, seen, where)
}

function copyArray(value: readonly unknown[], path: Path, seen: Map<object, unknown>, where: string): unknown[] {
  const target: unknown[] = Array.from({ length: value.length })
  seen.set(value, target)
  value.forEach((each, index) => {
    target[index] = isPlainPrimitive(each) ? each : copy(each, [...path, index], seen, where)
  })
  return target
}

function copyMap(value: Map<unknown, unknown>, path: Path, seen: Map<object, unknown>, where: string): unknown {
  const target = new Map<unknown, unknown>()
  seen.set(value, target)
  for (const [key, each] of value) {
    const at = [...path, String(isPlainPrimitive(key) ? key : typeof key)]
    target.set(copy(key, at, seen, where), copy(each, at, seen, where))
  }
  return target
}

function copySet(value: Set<unknown>, path: Path, seen: Map<object, unknown>, where: string): unknown {
  const target = new Set<unknown>()
  seen.set(value, target)
  let index = 0
  for (const each of value) target.add(copy(each, [...path, index++], seen, where))
  return target
}

/** Own enumerable fields, whatever the class: a boundary keeps the fields and loses the class. */
function copyFields(value: object, path: Path, seen: Map<object, unknown>, where: string): unknown {
  const target: Record<string, unknown> = {}
  seen.set(value, target)
  for (const [key, each] of Object.entries(value)) {
    const copied = isPlainPrimitive(each) ? each : copy(each, [...path, key], seen, where)
    // a field called __proto__ must stay a field
    if (key === '__proto__') Object.defineProperty(target, key, { value: copied, enumerable: true, writable: true })
    else target[key] = copied
  }
  return target
}

/** Kinds that structuredClone copies whole, by their tags (maps and sets are those of other realms). */
const copiedWhole: ReadonlySet<string> = new Set(
  [
    'ArrayBuffer',
    'SharedArrayBuffer',
    'Map',
    'Set',
    'BigInt',
    'Blob',
    'Boolean',
    'Date',
    'Error',
    'Number',
    'RegExp',
    'String',
  ].map((kind) => `[object ${kind}]`),
)

function isCopiedWhole(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof Error || copiedWhole.has(tagOf(value))
}

/** Kinds whose content is not in own fields and that structuredClone cannot copy, or copies as nothing: URL, Promise, … */
function isOpaque(value: object): boolean {
  return value instanceof EventTarget || (tagOf(value) !== '[object Object]' && Object.keys(value).length === 0)
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value)
}

function copyWhole(value: object, path: Path, seen: Map<object, unknown>, where: string): unknown {
  try {
    const target = isOwnTypedArray(value) ? copyTypedArray(value) : structuredClone(value)
    seen.set(value, target)
    return target
  } catch (error) {
    throw cannotTravel(value, path, where, error)
  }
}

type TypedArray = Uint8Array | Float64Array

/** A typed array on memory of its own process; one on a SharedArrayBuffer is shared, not copied. */
function isOwnTypedArray(value: object): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !(value.buffer instanceof SharedArrayBuffer)
}

/** Its elements only: structuredClone would copy the whole buffer behind a view, such as the pool behind a Buffer. */
function copyTypedArray(value: TypedArray): object {
  // the tag is the kind also for subclasses, whose class is lost at a boundary
  const kind = value[Symbol.toStringTag]
  return new globalThis[kind](value)
}

function cannotTravel(value: unknown, path: Path, where: string, cause?: unknown): PayloadError {
  const kind = typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value
  const message = `a ${kind} cannot be copied to where the task runs`
  return new PayloadError(
    `${where}${formatPath(path)}: ${message}; pass plain data and make the ${kind} where it is used`,
    [{ path, message }],
    cause === undefined ? undefined : { cause },
  )
}

/** `[0].user["odd key"]` */
export function formatPath(path: Path): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`
      return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
    })
    .join('')
}
