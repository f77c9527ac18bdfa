// Telling captured values apart: two of the same fingerprint do the same in a compiled body.
import { createHash } from 'node:crypto'

/** A function whose text the build could not find. */
export const ANY_FUNCTION = 'function'

export function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Undefined: it may change, or is of no kind that can be compiled in. */
export function fingerprintOf(value: unknown, depth = 0): string | undefined {
  switch (typeof value) {
    case 'number':
      // with its sign, and NaN
      return `number ${Object.is(value, -0) ? '-0' : String(value)}`
    case 'string':
      return `string ${JSON.stringify(value)}`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'function':
      return fingerprintOfText(Function.prototype.toString.call(value))
    case 'object':
      return value === null ? 'null' : fingerprintOfRecord(value, depth)
    default:
      return undefined
  }
}

/** Of a function with this text. */
export function fingerprintOfText(text: string): string {
  return `${ANY_FUNCTION} ${hashOfText(text)}`
}

/** Whether a value is the one that was compiled in. */
export function isAsBuilt(value: unknown, built: string | undefined): boolean {
  if (built === ANY_FUNCTION) return typeof value === 'function'
  return built !== undefined && fingerprintOf(value) === built
}

const MAX_DEPTH = 16

function fingerprintOfRecord(value: object, depth: number): string | undefined {
  if (depth > MAX_DEPTH || !Object.isFrozen(value) || Object.getPrototypeOf(value) !== Object.prototype)
    return undefined
  const fields = Object.entries(Object.getOwnPropertyDescriptors(value)).map(([name, own]) => {
    const field = own.get === undefined ? fingerprintOf(own.value, depth + 1) : undefined
    return field === undefined ? undefined : `${JSON.stringify(name)}: ${field}`
  })
  return fields.includes(undefined) ? undefined : `{ ${fields.join(', ')} }`
}
