// Payloads that shared memory takes, at random.
import fc from 'fast-check'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // any code units, lone surrogates too
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0, max: 0xff }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
)

const key = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'then', 'length', '0', '7', '', 'id', 'name'),
)

const leaf = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(Number.NaN, -0, Infinity, -Infinity, 2 ** 23, -(2 ** 23), 2 ** 23 - 1, 2 ** 31, 2 ** 53),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.constantFrom(2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) - 1n),
  text,
  fc.constantFrom(null, undefined, true, false),
  fc.date({ noInvalidDate: true }),
)

/** Fields are defined and not assigned: one called __proto__ is a field. */
function fieldsOf(entries: readonly (readonly [string, unknown])[], prototype: object | null): object {
  const target: object = Object.create(prototype)
  for (const [name, value] of entries) {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  }
  return target
}

const tied = fc.letrec<{ smallPayload: unknown; container: object }>((tie) => ({
  smallPayload: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('container')),
  container: fc.oneof(
    fc.array(tie('smallPayload'), { maxLength: 6 }),
    fc
      .tuple(fc.array(fc.tuple(key, tie('smallPayload')), { maxLength: 6 }), fc.constantFrom(Object.prototype, null))
      .map(([entries, prototype]) => fieldsOf(entries, prototype)),
    fc.array(fc.tuple(tie('smallPayload'), tie('smallPayload')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('smallPayload'), { maxLength: 3 }).map((members) => new Set(members)),
  ),
}))

export const smallPayload: fc.Arbitrary<unknown> = tied.smallPayload
