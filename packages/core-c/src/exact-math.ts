// Which functions of Math have the very bits of this process's own. Candidates are found in C; each is compared here with
// `Math` on inputs that tell apart all libraries known to differ, when a program first needs the function.
import type { NativePrograms } from './native-programs.ts'

/** Both are called with a pair of arguments; those of one argument take the first. */
const functions: Readonly<Record<string, (a: number, b: number) => number>> = {
  pow: Math.pow,
  hypot: Math.hypot,
  atan2: Math.atan2,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  cbrt: Math.cbrt,
}

const special: readonly number[] = [
  [0, -0, 1, -1, 2, -2, 3, 0.5, -0.5, 1 / 3, 10, 1e3, 1e-3, 709.78, 710.5, -745.2, 22, 1e22, 1e300, 1e-300],
  [Number.EPSILON, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 31, -(2 ** 31), 2 ** -1022],
  [Math.PI, Math.PI / 2, Math.PI / 4, Math.E, Math.LN2, Infinity, -Infinity, NaN],
].flat()

const random = 1500

let sample: Float64Array | undefined

/** Pairs: special values with each other, any bits, and moderate numbers. The same in every process. */
function pairs(): Float64Array {
  if (sample !== undefined) return sample
  const numbers = special.flatMap((a) => special.flatMap((b) => [a, b]))
  const words = new Uint32Array(2)
  const any = new Float64Array(words.buffer)
  let state = 0x9e3779b9
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
  const scales = [1, 2, 10, 100, 1000, 1e6]
  for (let i = 0; i < random; i++) {
    for (const word of [0, 1]) words[word] = next() * 2 ** 32
    const scale = scales[i % scales.length] ?? 1
    numbers.push(any[0] ?? 0, next() * 4 - 2, (next() * 2 - 1) * scale, (next() * 2 - 1) * 8, next(), next() * 3)
  }
  sample = new Float64Array(numbers)
  return sample
}

function isExact(programs: NativePrograms, name: string, candidate: number): boolean {
  const exact = functions[name]
  const inputs = pairs()
  const outputs = inputs.slice()
  if (exact === undefined || !programs.tryMath(name, candidate, outputs)) return false
  for (let i = 0; i < inputs.length; i += 2)
    if (!Object.is(outputs[i], exact(inputs[i] ?? 0, inputs[i + 1] ?? 0))) return false
  return true
}

/** Chooses the first exact candidate; false when there is none. */
export function chooseExactMath(programs: NativePrograms, name: string): boolean {
  const count = programs.mathCandidates(name)
  for (let candidate = 0; candidate < count; candidate++) {
    if (!isExact(programs, name, candidate)) continue
    programs.chooseMath(name, candidate)
    return true
  }
  return false
}

/**
 * The functions of Math that compiled bodies may use in this process; all are tested. Programs have what they need tested
 * by themselves, as they are opened.
 */
export function exactMath(programs: NativePrograms): ReadonlySet<string> {
  return new Set(programs.mathNames.filter((name) => chooseExactMath(programs, name)))
}
