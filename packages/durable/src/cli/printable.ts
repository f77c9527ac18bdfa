// Records as JSON: what JSON has no form for is written as what comes nearest, and says what it was.

/** One line. Bytes are base64; maps and sets are lists; big integers are texts; errors are name and message. */
export function printable(value: unknown): string {
  const above: unknown[] = []
  return JSON.stringify(value, function replace(this: unknown, name: string, given: unknown) {
    // the parents of this value: whoever is among them stands in itself
    while (above.length > 0 && above.at(-1) !== this) above.pop()
    // JSON has called toJSON of dates already
    const each = name === '' ? given : ((this as Record<string, unknown>)[name] ?? given)
    if (typeof each === 'object' && each !== null && above.includes(each)) return '(itself)'
    const shown = shownAs(each)
    if (typeof shown === 'object' && shown !== null) above.push(shown)
    return shown
  })
}

function shownAs(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Map) return { map: [...value] }
  if (value instanceof Set) return { set: [...value] }
  if (value instanceof RegExp) return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Error) return { error: value.name, message: value.message }
  if (value instanceof ArrayBuffer) return { base64: Buffer.from(value).toString('base64') }
  if (ArrayBuffer.isView(value)) {
    return { base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
  }
  return value
}
