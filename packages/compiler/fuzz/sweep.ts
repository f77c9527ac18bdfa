// In packages/compiler: node --conditions=@catzilla/source --import tsx fuzz/sweep.ts [millions] [seed]
// Every function of Math that programs use, against V8's own on millions of inputs: any bits, moderate numbers, whole ones,
// neighbours of borders. Says which piece of code stands for it, and how often it differs.
import { corePrograms } from './core-programs.ts'
import { Random } from './random.ts'
import { edgeNumbers, randomNumber } from './values.ts'

const functions: Readonly<Record<string, (a: number, b: number) => number>> = Object.fromEntries(
  [
    'pow',
    'hypot',
    'atan2',
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'acosh',
    'atanh',
  ]
    .concat(['exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'cbrt'])
    .map((name) => [name, Math[name as 'pow']]),
)

const millions = Number(process.argv[2] ?? 1)
const random = new Random(Number(process.argv[3] ?? 1))
const programs = corePrograms()
const size = 100_000
let wrong = 0

console.log(`Node ${process.version}, ${millions} million inputs each`)
for (const name of programs.mathNames) {
  const own = functions[name]
  if (own === undefined) throw new Error(`Math.${name} is not known here`)
  const count = programs.mathCandidates(name)
  const candidate = Array.from({ length: count }, (_, index) => index).find(
    (each) => differences(name, own, each) === 0,
  )
  if (candidate === undefined) {
    console.log(`${name}: none of ${count} candidates is exact`)
    continue
  }
  let different = 0
  for (let done = 0; done < millions * 1e6; done += size) different += differences(name, own, candidate)
  if (different > 0) wrong += 1
  console.log(`${name}: ${different} different, candidate ${candidate} of ${count}`)
}
process.exitCode = wrong > 0 ? 1 : 0

function differences(name: string, own: (a: number, b: number) => number, candidate: number): number {
  const inputs = Float64Array.from({ length: size * 2 }, input)
  const outputs = inputs.slice()
  if (!programs.tryMath(name, candidate, outputs)) return Infinity
  let different = 0
  for (let i = 0; i < inputs.length; i += 2) {
    if (Object.is(own(inputs[i] ?? 0, inputs[i + 1] ?? 0), outputs[i])) continue
    different += 1
  }
  return different
}

function input(): number {
  switch (random.below(5)) {
    case 0:
      return (random.real() - 0.5) * 4
    case 1:
      return (random.real() - 0.5) * 10 ** random.between(0, 6)
    case 2:
      return random.pick(edgeNumbers) * (1 + random.pick([-2, -1, 0, 1, 2]) * Number.EPSILON)
    default:
      return randomNumber(random)
  }
}
