// Arguments: made at random with a liking for the edges, copied, compared bit for bit, and written down as JSON.
import type { Random } from './random.ts'
import { elementOf, isListKind, isViewKind, viewClasses, type Hint, type View, type ViewKind } from './program.ts'

export const edgeNumbers: readonly number[] = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  10,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  0.1,
  0.2,
  0.3,
  1.005,
  6.5625,
  1e21,
  1e-7,
  123456.789,
  NaN,
  Infinity,
  -Infinity,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  127,
  128,
  255,
  256,
  -128,
  -129,
  32767,
  32768,
  65535,
  65536,
  2147483647,
  2147483648,
  2147483649,
  -2147483648,
  -2147483649,
  4294967295,
  4294967296,
  4294967297,
  9007199254740991,
  9007199254740992,
  9007199254740994,
  -9007199254740991,
  -9007199254740992,
  0.49999999999999994,
  0.9999999999999999,
  1.0000000000000002,
  4503599627370495.5,
  4503599627370497,
  Math.PI,
  1e300,
  1e-300,
  16777217,
  3.4028234663852886e38,
  3.4028235677973366e38,
  1.401298464324817e-45,
]

const edgeStrings: readonly string[] = [
  '',
  ' ',
  'a',
  'abc',
  'Hello, World',
  '0',
  '-0',
  '12',
  ' 42 ',
  '3.14abc',
  '1e3',
  '0x1f',
  '0b11',
  '-Infinity',
  'NaN',
  '\n\t a \u00a0\ufeff',
  'é',
  'ÿ',
  'Ā',
  'ß',
  'İ',
  '日本語',
  '\u{1f600}',
  '\ud83d',
  '\ude00',
  'a\ud83d',
  '\ude00\ud83d',
  'aaaaaaaa',
  'abababab',
  'aXbXc',
  '$&',
  '\0',
  'The quick brown fox jumps over the lazy dog',
  'x'.repeat(300),
  'é'.repeat(40),
  '\u2028',
  '9007199254740993',
  '.5',
  '5.',
  '1_000',
  '+7',
  '--7',
  '00012',
  '1e400',
  '1e-400',
]

const doubleBits = new DataView(new ArrayBuffer(8))

export function randomNumber(random: Random): number {
  switch (random.below(8)) {
    case 0:
    case 1:
      return random.pick(edgeNumbers)
    case 2:
      return random.between(-10, 40)
    case 3:
      return random.between(-100000, 100000) / 100
    case 4:
      return random.uint32() | 0
    case 5:
      return random.pick(edgeNumbers) + random.pick([-1, 1, 0.5, -0.5])
    case 6:
      doubleBits.setUint32(0, random.uint32())
      doubleBits.setUint32(4, random.uint32())
      return doubleBits.getFloat64(0)
    default:
      return (random.real() - 0.5) * 10 ** random.between(-3, 18)
  }
}

/** Small and harmless most of the time: loops run as far as such numbers say, and few programs get through odd ones. */
export function tameNumber(random: Random): number {
  return random.chance(0.5) ? random.between(0, 20) : random.between(-2000, 2000) / random.pick([1, 1, 2, 10, 100])
}

const alphabets = [
  'abcxyz',
  'aA bB',
  '0123456789',
  'a\u00e9\u00ff',
  '\u0100\u65e5\ud83d\ude00',
  ' \n\u00a0x',
  '01.e-+x',
]

export function randomString(random: Random): string {
  if (random.chance(0.35)) return random.pick(edgeStrings)
  const alphabet = random.pick(alphabets)
  let text = ''
  const length = random.chance(0.05) ? random.between(20, 200) : random.below(12)
  for (let i = 0; i < length; i++) {
    text += random.chance(0.03) ? '\u{1f600}' : alphabet.charAt(random.below(alphabet.length))
  }
  return text
}

export function tameString(random: Random): string {
  const alphabet = random.pick(['abcxyz', 'aA bB,', '0123456789'])
  let text = ''
  const length = random.between(1, 12)
  for (let i = 0; i < length; i++) text += alphabet.charAt(random.below(alphabet.length))
  return text
}

function randomView(random: Random, kind: ViewKind, tame: boolean): View {
  const length = tame ? random.between(4, 12) : random.pick([0, 1, 2, 3, 5, 8, 16, 33])
  const view = new viewClasses[kind](length)
  for (let i = 0; i < length; i++) view[i] = tame ? tameNumber(random) : randomNumber(random)
  return view
}

export function randomValue(random: Random, hint: Hint, tame: boolean): unknown {
  if (hint === 'number') return tame ? tameNumber(random) : randomNumber(random)
  if (hint === 'string') return tame ? tameString(random) : randomString(random)
  if (hint === 'boolean') return random.chance(0.5)
  if (isViewKind(hint)) return randomView(random, hint, tame)
  if (isListKind(hint)) {
    const length = tame ? random.between(1, 8) : random.pick([0, 0, 1, 2, 3, 5, 9, 40])
    return Array.from({ length }, () => randomValue(random, elementOf(hint), tame))
  }
  const record: Record<string, unknown> = {}
  for (const [field, type] of Object.entries(hint.record)) record[field] = randomValue(random, type, tame)
  return record
}

export function randomArguments(random: Random, types: readonly Hint[]): unknown[] {
  const tame = random.chance(0.4)
  const args = types.map((hint) => randomValue(random, hint, tame || random.chance(0.3)))
  if (random.chance(0.03)) shareMemory(random, args, types)
  return args
}

/** Makes one view an earlier one, or look at elements of it. */
function shareMemory(random: Random, args: unknown[], types: readonly Hint[]): void {
  const views = args.flatMap((arg, index) => (isView(arg) ? [index] : []))
  if (views.length < 2) return
  const whole = args[views[0] as number] as View
  const other = random.pick(views.slice(1))
  if (types[other] === whole.constructor.name && random.chance(0.4)) {
    args[other] = whole
    return
  }
  const make = viewClasses[types[other] as ViewKind]
  const { BYTES_PER_ELEMENT: size } = make
  const room = Math.floor(whole.byteLength / size)
  const from = random.below(room + 1)
  args[other] = new make(whole.buffer, from * size, random.between(0, room - from))
}

export function isView(value: unknown): value is View {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

/** Copies that share memory where the originals do. */
export function copiedArguments(args: readonly unknown[]): unknown[] {
  const buffers = new Map<ArrayBufferLike, ArrayBuffer>()
  const copies: unknown[] = []
  for (const arg of args) copies.push(copyOf(arg))
  return copies

  function copyOf(arg: unknown): unknown {
    if (!isView(arg)) return copied(arg)
    const known = copies[args.indexOf(arg)]
    if (known !== undefined) return known
    const buffer = buffers.get(arg.buffer) ?? (arg.buffer.slice(0) as ArrayBuffer)
    buffers.set(arg.buffer, buffer)
    return new viewClasses[arg.constructor.name as ViewKind](buffer, arg.byteOffset, arg.length)
  }
}

export function copied(value: unknown): unknown {
  if (isView(value)) return value.slice()
  if (Array.isArray(value)) return value.map(copied)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copied(field)]))
}

/** The same bits: all NaN are one, 0 and -0 are two, arrays by kind and element. */
export function same(a: unknown, b: unknown): boolean {
  // Text made smaller may return a function; which one is nobody's business.
  if (typeof a === 'function') return typeof b === 'function'
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  if (isView(a) || isView(b)) return isView(a) && isView(b) && sameViews(a, b)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = Object.keys(a)
  const other = b as Record<string, unknown>
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => Object.hasOwn(b, name) && same((a as Record<string, unknown>)[name], other[name]))
}

function sameViews(a: View, b: View): boolean {
  if (a.constructor !== b.constructor || a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}

/** As JSON, from which `decoded` makes the same value again. */
export function encoded(value: unknown): unknown {
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { number: Object.is(value, -0) ? '-0' : `${value}` }
  }
  if (isView(value)) return { [value.constructor.name]: Array.from(value, encoded) }
  if (Array.isArray(value)) return { list: value.map(encoded) }
  if (typeof value !== 'object' || value === null) return value
  return { record: Object.fromEntries(Object.entries(value).map(([name, field]) => [name, encoded(field)])) }
}

/** A view of the memory of an earlier argument says where it lies in it. */
export function encodedArguments(args: readonly unknown[]): unknown[] {
  return args.map((arg, index) => {
    const owner = isView(arg) ? args.findIndex((each) => isView(each) && each.buffer === arg.buffer) : -1
    if (!isView(arg) || owner === index) return encoded(arg)
    if (args[owner] === arg) return { [arg.constructor.name]: { of: owner } }
    return { [arg.constructor.name]: { of: owner, offset: arg.byteOffset, length: arg.length } }
  })
}

export function decodedArguments(json: readonly unknown[]): unknown[] {
  const args: unknown[] = []
  for (const each of json) {
    const [kind, place] = (typeof each === 'object' && each !== null ? Object.entries(each)[0] : undefined) ?? [
      '',
      undefined,
    ]
    if (typeof place === 'object' && place !== null && 'of' in place) {
      const { of, offset, length } = place as { of: number; offset?: number; length: number }
      const { buffer } = args[of] as View
      args.push(offset === undefined ? args[of] : new viewClasses[kind as ViewKind](buffer, offset, length))
    } else args.push(decoded(each))
  }
  return args
}

export function decoded(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  const [kind, inner] = Object.entries(json)[0] as [string, unknown]
  if (kind === 'number') return Number(inner)
  if (kind === 'list') return (inner as unknown[]).map(decoded)
  if (kind === 'record') {
    return Object.fromEntries(Object.entries(inner as object).map(([name, field]) => [name, decoded(field)]))
  }
  return new viewClasses[kind as ViewKind]((inner as unknown[]).map((element) => decoded(element) as number))
}
