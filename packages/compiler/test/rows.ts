// Arguments in which mistakes show.
import type { Row } from './exact.ts'

export const numbers: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2.5,
  -7,
  42,
  1e10,
  1e21,
  1e300,
  -1e300,
  5e-324,
  NaN,
  Infinity,
  -Infinity,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 32 - 1,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 - 1,
]

export const texts: readonly string[] = [
  '',
  'a',
  'abc',
  ' a b ',
  '12',
  '-0',
  '0x10',
  '1e3',
  'NaN',
  'Hello, World',
  'aaaa',
  'äöü',
  'straße',
  '日本',
  '\u{1f600}',
  'x\u{1f600}y',
  '\ud800',
  '\udc00a',
  '\t\n\u00a0\ufeff',
  '$&',
  'a'.repeat(300),
]

export const singles: readonly Row[] = numbers.map((a) => [a])
export const pairs: readonly Row[] = numbers.flatMap((a) => numbers.map((b) => [a, b]))
export const textRows: readonly Row[] = texts.map((a) => [a])
export const textPairs: readonly Row[] = texts.flatMap((a) => texts.map((b) => [a, b]))
export const textAndNumber: readonly Row[] = texts.flatMap((a) =>
  [0, -0, 1, 2, -1, -2, 1.5, 3, 100, NaN, Infinity, -Infinity, 2 ** 32].map((b) => [a, b]),
)
