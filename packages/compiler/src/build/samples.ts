// Arguments with which bodies are tried: the values at which numbers, texts and arrays change their behaviour. The same in
// every build.
import type { ArgumentType } from '../prebuilt/manifest.ts'

/** Lists of arguments for a body. */
const LISTS = 48

const numbers = [3, 0, 1, -1, 2, 0.5, 10, 7.25, -0, 100, 1e3, 255, -3.75, 65_537, 0.1, 1 / 3, 2 ** 31, -(2 ** 31)]
const extremes = [2 ** 53, -(2 ** 53) - 2, 1e21, 1e300, 5e-324, -1e-300, NaN, Infinity, -Infinity]
const texts = ['a', '', 'Hello', ' padded ', '0', '12.5', 'äöü', '\u{1f600}', '\ud800', 'x'.repeat(40), 'a,b,,c']

type Sample = (list: number) => unknown

export function sampleArguments(types: readonly ArgumentType[]): unknown[][] {
  const samples = types.map(sampleOf)
  return Array.from({ length: LISTS }, (_, list) => samples.map((sample, at) => sample(list * (at * 2 + 1) + at)))
}

function sampleOf(type: ArgumentType): Sample {
  if (typeof type === 'object') {
    const fields = Object.entries(type.record).map(([name, field]) => [name, sampleOf(field)] as const)
    return (list) => Object.fromEntries(fields.map(([name, sample], at) => [name, sample(list * (at * 2 + 1) + at)]))
  }
  const all = [...numbers, ...extremes]
  if (type === 'number') return (list) => all[list % all.length]
  if (type === 'string') return (list) => texts[list % texts.length]
  if (type === 'boolean') return (list) => list % 2 === 0
  return (list) => arrayOf(type, list, all)
}

function arrayOf(type: string, list: number, values: readonly number[]): unknown {
  const length = [8, 0, 1, 2, 33, 100][list % 6] ?? 0
  const Kind = Reflect.get(globalThis, type) as new (values: readonly number[]) => unknown
  return new Kind(Array.from({ length }, (_, at) => values[(at + list) % values.length] ?? 0))
}
