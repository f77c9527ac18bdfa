// Copies payloads as a thread or process boundary would (structured clone semantics), and names the path of what cannot
// cross it. Primitives cost a type check; arrays and plain objects are copied here, rarer kinds by structuredClone.
import { PayloadError } from '../contract/errors.ts'
import { Copying } from './copying.ts'
import type { Treatment } from './copying.ts'
import { CopiedMemory, LeftMemory, LentMemory, OwnMemory, isMemory } from './memory-copy.ts'

/** A copy, and the memory in it, whose buffers nobody else has. */
export interface Copied<T> {
  readonly value: T
  /** Undefined when there is none. */
  readonly memory: CopiedMemory | undefined
}

/**
 * What becomes of memory among arguments: it is copied; taken over, so that the caller has it no longer; or, where it is
 * large, copied into a snapshot that threads share.
 */
export type MemoryTerms = 'copied' | 'taken' | 'shared'

type Path = readonly (string | number)[]

/**
 * The arguments as the task may have them: later changes by the caller are not seen. The list itself is not copied.
 * Functions, symbols, promises, weak collections and handles of the system do not travel. Shared memory is shared.
 * @throws PayloadError naming the path, such as `args[0].user.socket`; nothing is taken over then
 */
export function copyArguments(
  args: readonly unknown[],
  task: string,
  memory: MemoryTerms = 'copied',
): readonly unknown[] {
  for (const arg of args) {
    if (!isPlainPrimitive(arg)) {
      const where = `task '${task}': args`
      return memory === 'taken' ? takeList(args, where) : copyTree(args, copyList, where, memory === 'shared').value
    }
  }
  return args
}

/** Arguments that have come with snapshots, in the thread of the task: with memory that is its own. */
export function withOwnMemory(args: readonly unknown[], snapshots: readonly SharedArrayBuffer[]): readonly unknown[] {
  return copyList(args, new Copying('args', () => new OwnMemory(snapshots)))
}

/** A copy of a task's result, on the same terms. @throws PayloadError naming the path, such as `result.socket` */
export function copyResult(value: unknown, task: string): unknown {
  return isPlainPrimitive(value) ? value : copyPayload(value, `task '${task}': result`).value
}

/** @param where what paths begin with: `task 'mail': result`. @throws PayloadError */
export function copyPayload(value: unknown, where: string): Copied<unknown> {
  return copyTree(value, copyOne, where)
}

/** A copy that is sent on at once: with the large buffers of `value` themselves, which are copied then. @throws PayloadError */
export function copyToSend(
  value: unknown,
  where: string,
): { readonly value: unknown; readonly large: readonly ArrayBuffer[] } {
  const { value: copied, memory } = copyTwice(value, copyOne, where, (whole) => new LentMemory(whole))
  return { value: copied, large: memory?.lent ?? [] }
}

const ofItsOwn: Treatment<CopiedMemory> = (whole) => new CopiedMemory(whole, false)
const snapshot: Treatment<CopiedMemory> = (whole) => new CopiedMemory(whole, true)

function copyTree<S, T>(
  source: S,
  copyAll: (source: S, copying: Copying) => T,
  where: string,
  snapshots = false,
): Copied<T> {
  return copyTwice(source, copyAll, where, snapshots ? snapshot : ofItsOwn)
}

/** What the last copy left, for the next one; null while it is in use: a getter in a payload may well copy another one. */
let spare: Copying<CopiedMemory> | null = new Copying('', ofItsOwn)

/** Once; and once more with whole buffers where views on one buffer came apart. */
function copyTwice<S, T, M extends CopiedMemory>(
  source: S,
  copyAll: (source: S, copying: Copying) => T,
  where: string,
  treatment: Treatment<M>,
): { readonly value: T; readonly memory: M | undefined } {
  // whoever treats memory is made anew for each payload, so the spare one has nothing of the type that it had last: hence the casts
  const first =
    spare === null ? new Copying(where, treatment) : (spare as unknown as Copying<M>).again(where, treatment)
  spare = null
  try {
    const value = copyAll(source, first)
    if (first.treated?.torn !== true) return { value, memory: first.treated }
  } finally {
    first.release()
    spare = first as unknown as Copying<CopiedMemory>
  }
  const second = new Copying(where, treatment, true)
  return { value: copyAll(source, second), memory: second.treated }
}

function copyList(args: readonly unknown[], copying: Copying): unknown[] {
  return args.map((each, index) => {
    if (isPlainPrimitive(each)) return each
    copying.path[0] = index
    return copyRoot(each, copying)
  })
}

function copyOne(value: unknown, copying: Copying): unknown {
  return copyRoot(value, copying)
}

/** In two steps, so that what is refused takes no buffer away. */
function takeList(args: readonly unknown[], where: string): unknown[] {
  const copying = new Copying(where, () => new LeftMemory())
  const list = copyList(args, copying)
  const buffers = copying.treated?.buffers
  if (buffers === undefined) return list
  try {
    return structuredClone(list, { transfer: buffers })
  } catch (cause) {
    const message = 'a buffer in it cannot be transferred'
    throw new PayloadError(
      `${where}: ${message}, such as the memory of a WebAssembly instance; leave out \`transfer\` to have it copied`,
      [{ path: [], message }],
      { cause },
    )
  }
}

function isPlainPrimitive(value: unknown): boolean {
  const type = typeof value
  return value === null || (type !== 'object' && type !== 'function' && type !== 'symbol')
}

/** Copies go down as deep as the stack allows, which is some thousand levels; structuredClone does no better. */
function copyRoot(value: unknown, copying: Copying): unknown {
  const { length } = copying.path
  try {
    return copy(value, copying)
  } catch (error) {
    if (error instanceof PayloadError) throw error
    // too deep, or the payload itself threw: a getter, a proxy
    copying.path.length = length
    throw cannotTravel(value, copying, error)
  }
}

/** One step further down. */
function copyAt(step: string | number, value: unknown, copying: Copying): unknown {
  copying.path.push(step)
  const copied = copy(value, copying)
  copying.path.pop()
  return copied
}

function copy(value: unknown, copying: Copying): unknown {
  if (isPlainPrimitive(value)) return value
  if (typeof value !== 'object' || value === null) throw cannotTravel(value, copying)
  const known = copying.copyOf(value)
  if (known !== undefined) return known
  if (Array.isArray(value)) return copyArray(value, copying)
  // nearly all objects are plain ones: that costs less than to ask what else they may be
  if (value.constructor === Object) {
    const names = Object.keys(value)
    if (names.length > 0) return copyFields(value, copying, names)
  }
  if (value instanceof Map) return copyMap(value, copying)
  if (value instanceof Set) return copySet(value, copying)
  if (isCopiedWhole(value)) return copyWhole(value, copying)
  if (isOpaque(value)) throw cannotTravel(value, copying)
  return copyFields(value, copying)
}

/** A list that is longer is asked for its keys first: to look into a thousand million holes takes half a minute. */
const MAY_BE_DENSE = 2 ** 22

function copyArray(value: readonly unknown[], copying: Copying): unknown[] {
  const { constructor } = value
  if (constructor === Array && value.length <= MAY_BE_DENSE) return copyDense(value, copying)
  const target: unknown[] = []
  // holes stay holes, and a list that is nearly empty takes no memory for them
  target.length = value.length
  copying.met(value, target)
  const copyElement = (each: unknown, index: number): void => {
    target[index] = isPlainPrimitive(each) ? each : copyAt(index, each, copying)
  }
  if (value.length <= MAY_BE_DENSE) value.forEach(copyElement)
  else for (const index of indexesOf(value)) copyElement(value[index], index)
  return target
}

/** No longer in memory than the list itself; holes stay holes. */
function copyDense(value: readonly unknown[], copying: Copying): unknown[] {
  const target = value.slice()
  copying.met(value, target)
  for (let index = 0; index < target.length; index++) {
    const each = target[index]
    if (!isPlainPrimitive(each)) target[index] = copyAt(index, each, copying)
  }
  return target
}

function indexesOf(value: readonly unknown[]): number[] {
  return Object.keys(value)
    .map(Number)
    .filter((index) => index < value.length)
}

function copyMap(value: Map<unknown, unknown>, copying: Copying): unknown {
  const target = new Map<unknown, unknown>()
  copying.met(value, target)
  for (const [key, each] of value) {
    const step = String(isPlainPrimitive(key) ? key : typeof key)
    target.set(copyAt(step, key, copying), copyAt(step, each, copying))
  }
  return target
}

function copySet(value: Set<unknown>, copying: Copying): unknown {
  const target = new Set<unknown>()
  copying.met(value, target)
  let index = 0
  for (const each of value) target.add(copyAt(index++, each, copying))
  return target
}

const plainField: PropertyDescriptor = { enumerable: true, configurable: true, writable: true }

/** Own enumerable fields, whatever the class: a boundary keeps the fields and loses the class. */
function copyFields(value: object, copying: Copying, names: readonly string[] = Object.keys(value)): unknown {
  const target: Record<string, unknown> = {}
  copying.met(value, target)
  for (const key of names) {
    const each = (value as Readonly<Record<string, unknown>>)[key]
    const copied = isPlainPrimitive(each) ? each : copyAt(key, each, copying)
    // a field called __proto__ must stay a field
    if (key === '__proto__') Object.defineProperty(target, key, { ...plainField, value: copied })
    else target[key] = copied
  }
  return target
}

/** Kinds that structuredClone copies whole, by their tags (maps and sets are those of other realms). */
const copiedWhole: ReadonlySet<string> = new Set(
  ['Map', 'Set', 'BigInt', 'Blob', 'Boolean', 'Date', 'Error', 'Number', 'RegExp', 'String'].map(
    (kind) => `[object ${kind}]`,
  ),
)

function isCopiedWhole(value: object): boolean {
  return isMemory(value) || value instanceof Error || copiedWhole.has(tagOf(value))
}

/** Without fields of its own, enumerable ones: its content may be elsewhere. */
function isEmpty(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return false
  return true
}

/** Kinds whose content is not in own fields and that structuredClone cannot copy, or copies as nothing: URL, Promise, … */
function isOpaque(value: object): boolean {
  return value instanceof EventTarget || (tagOf(value) !== '[object Object]' && isEmpty(value))
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value)
}

function copyWhole(value: object, copying: Copying): unknown {
  try {
    const target: unknown = isMemory(value) ? copying.memory.treat(value) : structuredClone(value)
    // a DOMException arrives as an object without content where Node cannot clone it
    if (value instanceof Error && !(target instanceof Error)) throw cannotTravel(value, copying)
    copying.met(value, target)
    return target
  } catch (error) {
    throw error instanceof PayloadError ? error : cannotTravel(value, copying, error)
  }
}

function cannotTravel(value: unknown, copying: Copying, cause?: unknown): PayloadError {
  const kind = typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value
  const message = `a ${kind} cannot be copied to where the task runs`
  const path = [...copying.path]
  return new PayloadError(
    `${copying.where}${formatPath(path)}: ${message}; pass plain data and make the ${kind} where it is used`,
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
