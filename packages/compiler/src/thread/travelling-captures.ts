// Captures on their way to the thread of the compiler: functions go as their text, and what is frozen arrives frozen.

export type Travelling =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'function'; readonly source: string }
  | { readonly kind: 'frozen'; readonly fields: readonly (readonly [name: string, value: Travelling])[] }
  /** Nothing that a body could be compiled with. */
  | { readonly kind: 'changing' | 'instance' | 'symbol' }

export type TravellingCaptures = Readonly<Record<string, Travelling>>

const MAX_DEPTH = 16

export function packCaptures(captures: Readonly<Record<string, unknown>>): TravellingCaptures {
  return Object.fromEntries(Object.entries(captures).map(([name, value]) => [name, pack(value, 0)]))
}

function pack(value: unknown, depth: number): Travelling {
  if (typeof value === 'function') return { kind: 'function', source: Function.prototype.toString.call(value) }
  if (typeof value === 'symbol') return { kind: 'symbol' }
  if (typeof value !== 'object' || value === null) return { kind: 'value', value }
  const { source, ...more } = value as { readonly source?: unknown }
  if (typeof source === 'string' && Object.keys(more).length === 0) return { kind: 'function', source }
  if (!Object.isFrozen(value) || depth > MAX_DEPTH) return { kind: 'changing' }
  if (Object.getPrototypeOf(value) !== Object.prototype) return { kind: 'instance' }
  const own = Object.entries(Object.getOwnPropertyDescriptors(value))
  return { kind: 'frozen', fields: own.map(([name, each]) => [name, packField(each, depth)]) }
}

function packField(own: PropertyDescriptor, depth: number): Travelling {
  return own.get === undefined ? pack(own.value, depth + 1) : { kind: 'instance' }
}

/** What `compileFunction` takes. Functions see the same captures as the body. */
export function unpackCaptures(captures: TravellingCaptures): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(captures)) all[name] = unpack(value, all)
  return all
}

function unpack(from: Travelling, captures: Readonly<Record<string, unknown>>): unknown {
  switch (from.kind) {
    case 'value':
      return from.value
    case 'function':
      return { source: from.source, captures }
    case 'frozen':
      return Object.freeze(Object.fromEntries(from.fields.map(([name, value]) => [name, unpack(value, captures)])))
    case 'instance':
      return Object.freeze(new Map())
    case 'symbol':
      return Symbol.iterator
    default:
      return {}
  }
}
