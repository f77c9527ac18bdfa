// Which classes of errors exist on both sides of a boundary, and what stands in for those that do not.
import * as contract from '../../contract/errors.ts'
import type { CatzillaError, ErrorName } from '../../contract/errors.ts'

type ErrorClass = new (...args: never[]) => Error

const standard: Readonly<Record<string, ErrorClass>> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException,
}

const ours: Readonly<Record<ErrorName, new (message: string) => CatzillaError>> = contract

const nameOfCode: ReadonlyMap<unknown, ErrorName> = new Map(
  (Object.keys(contract.errorTable) as ErrorName[]).map((name) => [contract.errorTable[name].code, name]),
)

export function isStandard(name: string): boolean {
  return Object.hasOwn(standard, name)
}

export function isOurs(name: string): name is ErrorName {
  return Object.hasOwn(contract.errorTable, name)
}

/**
 * The class of ours that an error is of, also when it was made by another copy of this package.
 * @param names its own name, and those of its classes: somebody else's error may carry a code of ours along
 */
export function ourClass(code: unknown, names: readonly string[]): ErrorName | undefined {
  const name = nameOfCode.get(code)
  return name !== undefined && names.includes(name) ? name : undefined
}

/** Undefined for a name that is in no table. */
export function classOf(base: string): ErrorClass | undefined {
  if (isOurs(base)) return ours[base]
  return isStandard(base) ? standard[base] : undefined
}

const standIns = new Map<string, ErrorClass>()

/** Stand-ins to remember; names come from elsewhere and must not fill the memory. */
const MAX_STAND_INS = 500

/** A class by the name of one that exists only on the other side. */
export function standInFor(name: string, base: string, baseClass: ErrorClass): ErrorClass {
  const key = `${base} ${name}`
  const known = standIns.get(key)
  if (known !== undefined) return known
  const made = class extends baseClass {}
  Object.defineProperty(made, 'name', { value: name, configurable: true })
  if (standIns.size >= MAX_STAND_INS) standIns.clear()
  standIns.set(key, made)
  return made
}
