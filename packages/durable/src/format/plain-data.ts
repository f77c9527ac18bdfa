// Plain data as MessagePack, written straight to the end of a record and looked at on the way: in one walk, and with no buffer in
// between. msgpackr reads it.
import type { Draft } from './draft.ts'

/** Deeper data is left to others. */
const MOST_DEPTH = 64
/** Longer texts are encoded by the system, shorter ones here. */
const SHORT_TEXT = 64

/** Objects met in the value that is being written; nobody else writes meanwhile. The first few are soon looked through. */
const FEW = 16
const few: (object | null)[] = Array.from({ length: FEW }, () => null)
let met = 0
const many: Set<object> = new Set()

/** What `add` gives for a value of which it has not written all. */
const NOT_PLAIN = Symbol('not plain data')

/**
 * Writes what is read back exactly as it was; of everything else (cycles, shared parts, instances, functions, holes, negative
 * zero, …) nothing.
 * @returns whether it was written
 */
export function addPlainData(draft: Draft, value: unknown): boolean {
  return begin(draft, value, false) !== NOT_PLAIN
}

/**
 * As `addPlainData`, of the arguments of a task, and copies them on the way: whoever runs the task needs a copy as well.
 * @returns the copy; undefined when nothing was written
 */
export function copyPlainArguments(draft: Draft, args: readonly unknown[]): readonly unknown[] | undefined {
  const copied = begin(draft, args, true)
  return copied === NOT_PLAIN ? undefined : (copied as readonly unknown[])
}

/** @param copies whether what is written is copied; else it is given back itself */
function begin(draft: Draft, value: unknown, copies: boolean): unknown {
  const { length } = draft
  let written: unknown = NOT_PLAIN
  try {
    // a list of arguments is asked for nothing but its items
    written = copies ? addItems(draft, value as unknown[], 0, true) : add(draft, value, 0, false)
  } finally {
    // a getter may have thrown
    while (met > 0) few[--met] = null
    if (many.size > 0) many.clear()
  }
  if (written === NOT_PLAIN) draft.cutTo(length)
  return written
}

function add(draft: Draft, value: unknown, depth: number, copies: boolean): unknown {
  switch (typeof value) {
    case 'string':
      return addText(draft, value) ? value : NOT_PLAIN
    case 'number':
      return addNumber(draft, value) ? value : NOT_PLAIN
    case 'boolean':
      draft.byte(value ? 0xc3 : 0xc2)
      return value
    case 'undefined':
      draft.bytes(UNDEFINED)
      return value
    case 'object':
      if (value !== null) return addObject(draft, value, depth, copies)
      draft.byte(0xc0)
      return value
    default:
      return NOT_PLAIN
  }
}

/** An extension of msgpackr: one byte, of type 0. */
const UNDEFINED = Uint8Array.of(0xd4, 0, 0)

function addObject(draft: Draft, value: object, depth: number, copies: boolean): unknown {
  // the same object in two places is one object afterwards too
  if (depth > MOST_DEPTH || isMet(value)) return NOT_PLAIN
  const names = Object.keys(value)
  // an array has nothing in it but its items
  if (Array.isArray(value)) return names.length === value.length ? addItems(draft, value, depth, copies) : NOT_PLAIN
  if (Object.getPrototypeOf(value) !== Object.prototype) return NOT_PLAIN
  addLength(draft, names.length, 0x80, 0xde)
  const target: Record<string, unknown> = copies ? {} : (value as Record<string, unknown>)
  for (const name of names) {
    if (name === '__proto__' || name === 'toJSON' || !addText(draft, name)) return NOT_PLAIN
    const written = add(draft, (value as Record<string, unknown>)[name], depth + 1, copies)
    if (written === NOT_PLAIN) return NOT_PLAIN
    if (copies) target[name] = written
  }
  return target
}

/** Without holes; those that a getter makes on the way are found too. */
function addItems(draft: Draft, list: unknown[], depth: number, copies: boolean): unknown {
  // a copy would be of the same class
  if (copies && list.constructor !== Array) return NOT_PLAIN
  const { length } = list
  addLength(draft, length, 0x90, 0xdc)
  const target = copies ? list.slice() : list
  for (let index = 0; index < length; index++) {
    const each = list[index]
    if (each === undefined && !(index in list)) return NOT_PLAIN
    const written = add(draft, each, depth + 1, copies)
    if (written === NOT_PLAIN) return NOT_PLAIN
    if (copies && written !== each) target[index] = written
  }
  return target
}

/** How many there are: in the byte of the kind itself, or behind it in two bytes or four. */
function addLength(draft: Draft, length: number, short: number, long: number): void {
  if (length < 16) return draft.byte(short | length)
  if (length < 0x1_00_00) return draft.kindAndNumber(long, length, 2)
  draft.kindAndNumber(long + 1, length, 4)
}

function addNumber(draft: Draft, value: number): boolean {
  if (value >= 0 && value < 0x80 && Number.isInteger(value)) {
    if (Object.is(value, -0)) return false
    draft.byte(value)
  } else if (value >>> 0 === value) addCount(draft, value)
  else if (value >= -0x20 && value < 0 && Number.isInteger(value)) draft.byte(0x1_00 + value)
  else draft.kindAndFloat(0xcb, value)
  return true
}

function addCount(draft: Draft, value: number): void {
  if (value < 0x1_00) draft.kindAndNumber(0xcc, value, 1)
  else if (value < 0x1_00_00) draft.kindAndNumber(0xcd, value, 2)
  else draft.kindAndNumber(0xce, value, 4)
}

/** @returns whether it was: half a pair of surrogates would not survive UTF-8 */
function addText(draft: Draft, text: string): boolean {
  const { length } = text
  if (length >= SHORT_TEXT) return addLongText(draft, text)
  if (length < 0x20) draft.byte(0xa0 | length)
  else draft.kindAndNumber(0xd9, length, 1)
  if (draft.ascii(text)) return true
  draft.cutTo(draft.length - (length < 0x20 ? 1 : 2))
  return addLongText(draft, text)
}

function addLongText(draft: Draft, text: string): boolean {
  if (!isWellFormed(text)) return false
  const bytes = Buffer.byteLength(text)
  if (bytes < 0x1_00) draft.kindAndNumber(0xd9, bytes, 1)
  else if (bytes < 0x1_00_00) draft.kindAndNumber(0xda, bytes, 2)
  else draft.kindAndNumber(0xdb, bytes, 4)
  draft.utf8(text, bytes)
  return true
}

/** Whether the object was met before; it counts as met from now on. */
function isMet(value: object): boolean {
  for (let index = 0; index < met; index++) if (few[index] === value) return true
  if (met < FEW) few[met++] = value
  else if (many.has(value)) return true
  else many.add(value)
  return false
}

/** Node 20 knows the method, the types of its language do not. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
