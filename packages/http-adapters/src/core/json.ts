// Any value as JSON text: what tasks take and give need not be JSON, and one odd value must not spoil an answer.

/** A value that has no JSON form, and why. */
export class NoJsonForm {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** The value as plain JSON data: bigints as decimal text, typed arrays, sets and maps as arrays. */
export function toJsonData(value: unknown): unknown {
  if (value === undefined) return null
  if (typeof value !== 'object' && typeof value !== 'bigint') return isJsonScalar(value) ? value : null
  try {
    return JSON.parse(JSON.stringify(value, replaced)) as unknown
  } catch (thrown) {
    return new NoJsonForm(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : 'it cannot be read')
  }
}

function isJsonScalar(value: unknown): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  )
}

function replaced(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value)) return value instanceof DataView ? undefined : [...(value as Uint8Array)]
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)]
  if (value instanceof Map) return [...value]
  if (value instanceof Set) return [...value]
  return value instanceof Error ? { name: value.name, message: value.message } : value
}
