// Whatever was thrown, as plain data that structured clone takes. An error that resists gives what could be kept.
import { describeValue, toError } from '../../contract/errors.ts'
import { isError } from '../../contract/is-error.ts'
import { copyPayload } from '../../support/payload-copy.ts'
import { isStandard, ourClass } from './error-classes.ts'
import { MAX_ERRORS, MAX_FIELDS, MAX_FIELD_BYTES, MAX_STACK, cut } from './packed-error.ts'
import type { PackedElement, PackedError, PackedNode, PackedValue } from './packed-error.ts'
import { isLarger } from './payload-size.ts'

/** Fields that are packed whether they are enumerable or not. */
const special: ReadonlySet<string> = new Set(['cause', 'errors', 'code'])

/** Fields that every error has. They are rarely enumerable, as in a class that declares one. */
const texts: ReadonlySet<string> = new Set(['name', 'message', 'stack'])

type Field = PackedNode['fields'][number]

/** Never throws. */
export function packError(thrown: unknown): PackedError {
  const packing = new Packing(toError(thrown))
  return { errors: packing.pack() }
}

class Packing {
  readonly #errors: Error[]
  readonly #numbers: Map<unknown, number>

  constructor(first: Error) {
    this.#errors = [first]
    this.#numbers = new Map([[first, 0]])
  }

  /** The list grows while it is walked: an error adds those it refers to. */
  pack(): PackedNode[] {
    const nodes: PackedNode[] = []
    for (const error of this.#errors) nodes.push(this.#node(error))
    return nodes
  }

  #node(error: Error): PackedNode {
    const { base, className } = classesOf(error)
    const message = attempt(() => textOf(error.message)) ?? ''
    const stack = stackOf(error, message)
    return {
      base,
      class: className,
      name: nameOf(error, base, className),
      message: cut(message),
      ...(stack === undefined ? {} : { stack }),
      fields: [...this.#specialFields(error, base), ...this.#ownFields(error)],
    }
  }

  #specialFields(error: Error, base: string): Field[] {
    const own = attempt(() => Object.keys(error)) ?? []
    return [...special]
      .filter((key) => attempt(() => key in error) === true)
      .filter((key) => key !== 'code' || base !== 'DOMException') // it follows from its name
      .flatMap((key) => this.#field(error, key, own.includes(key)))
  }

  #ownFields(error: Error): Field[] {
    const keys = (attempt(() => Object.keys(error)) ?? []).filter((key) => !special.has(key))
    return keys.slice(0, MAX_FIELDS).flatMap((key) => this.#field(error, key, true))
  }

  /** None for what cannot be kept. */
  #field(error: Error, key: string, enumerable: boolean): Field[] {
    const packed = attempt(() => {
      // errors have fields of which their type knows nothing
      const value = (error as unknown as Record<string, unknown>)[key]
      return texts.has(key) ? { value: cut(textOf(value)) } : this.#value(value)
    })
    return packed === undefined ? [] : [[key, packed, enumerable]]
  }

  /** Undefined for what cannot be kept. @throws PayloadError likewise */
  #value(value: unknown): PackedValue | undefined {
    if (isError(value)) return this.#reference(value)
    if (Array.isArray(value) && value.some(isError)) return this.#list(value)
    return copyOf(value)
  }

  #reference(error: Error): { readonly error: number } | undefined {
    let number = this.#numbers.get(error)
    if (number === undefined) {
      if (this.#errors.length === MAX_ERRORS) return undefined
      number = this.#errors.push(error) - 1
      this.#numbers.set(error, number)
    }
    return { error: number }
  }

  #list(values: readonly unknown[]): PackedValue {
    const list = values
      .slice(0, MAX_FIELDS)
      .map((each) => attempt((): PackedElement | undefined => (isError(each) ? this.#reference(each) : copyOf(each))))
    return { list: list.filter((each) => each !== undefined) }
  }
}

/** @throws PayloadError */
function copyOf(value: unknown): { readonly value: unknown } | undefined {
  const copy = copyPayload(value, 'a field of an error').value
  return isLarger(copy, MAX_FIELD_BYTES) ? undefined : { value: copy }
}

/** Errors may be proxies, and have getters: whatever they throw, it is not there. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describeValue(value)
}

interface Classes {
  readonly base: string
  readonly className: string
}

function classesOf(error: Error): Classes {
  const names = attempt(() => classNames(error)) ?? []
  const className = names[0] ?? 'Error'
  const code = attempt(() => (error as { code?: unknown }).code)
  const ourName = ourClass(code, [attempt(() => error.name) ?? '', ...names])
  return { base: ourName ?? names.find(isStandard) ?? 'Error', className }
}

/** From its own class up; those without a name are passed over. */
function classNames(error: Error): string[] {
  const names: string[] = []
  let prototype = Object.getPrototypeOf(error) as { readonly constructor?: unknown } | null
  for (let level = 0; prototype !== null && level < MAX_ERRORS; level++) {
    const made: unknown = Object.hasOwn(prototype, 'constructor') ? prototype.constructor : undefined
    if (typeof made === 'function' && typeof made.name === 'string' && made.name !== '') names.push(made.name)
    prototype = Object.getPrototypeOf(prototype) as typeof prototype
  }
  return names
}

/** What the error calls itself; when it never said so, its class rather than what that is derived from. */
function nameOf(error: Error, base: string, className: string): string {
  const name = attempt(() => textOf(error.name)) ?? className
  const isInherited = isStandard(base) && base !== 'DOMException' && name === base
  const isOwn = attempt(() => Object.hasOwn(error, 'name')) ?? false
  return cut(isInherited && !isOwn ? className : name)
}

function stackOf(error: Error, message: string): string | undefined {
  const stack = attempt(() => error.stack)
  if (typeof stack !== 'string') return undefined
  // the stack begins with the message: cut there, or no frame would be left
  const short = cut(message)
  return cut(short === message ? stack : stack.replace(message, () => short), MAX_STACK)
}
