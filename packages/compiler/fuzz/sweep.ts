// node --conditions=@catzilla/source --import tsx packages/compiler/fuzz/sweep.ts [millions] [seed]; on every line of Node,
// one after the other: npm run sweep.
// Every function of Math and every operator of numbers, and the texts of numbers, compiled, against V8 on millions of inputs:
// any bits, moderate numbers, whole ones, neighbours of borders. Says how often each differs.
import { compileFunction, flattenArguments, readResult, type TypeHint } from '../src/index.ts'
import { builtins } from '../src/lower/builtins.ts'
import { corePrograms } from './core-programs.ts'
import { Random } from './random.ts'
import { edgeNumbers, randomNumber } from './values.ts'

const millions = Number(process.argv[2] ?? 1)
const seed = Number(process.argv[3] ?? 1)
const random = new Random(seed)
const programs = corePrograms()
const size = 100_000

const arithmetic = ['a + b', 'a - b', 'a * b', 'a / b', 'a % b', 'a ** b', '-a', 'a * b + a', 'a - a * b']
const bits = ['a & b', 'a | b', 'a ^ b', 'a << b', 'a >> b', 'a >>> b', '~a', 'a | 0', 'a >>> 0']
const order = ['a < b', 'a <= b', 'a === b', 'Object.is(a, b)', 'Number(!a)']
const questions = ['Number.isFinite(a)', 'Number.isInteger(a)', 'Number.isNaN(a)', 'Number.isSafeInteger(a)']
const mathematics = Object.keys(builtins)
  .filter((name) => name.startsWith('Math.') && name !== 'Math.random')
  .map((name) => `${name}(a, b)`)
const texts = ['String(a)', 'a.toFixed(2)', 'a.toFixed(digits)', 'Math.trunc(a).toString(16)']

interface Subject {
  readonly text: string
  readonly own: (...args: readonly unknown[]) => unknown
  /** Why there is no program, in words. */
  readonly run: ((args: unknown[]) => unknown) | string
  different: number
  /** Inputs that the program gave back to JavaScript, as it may. */
  bailed: number
  example: string
}

console.log(`Node ${process.version}, V8 ${process.versions.v8}, ${millions} million inputs each, seed ${seed}`)
const byColumns = [...arithmetic, ...bits, ...order, ...questions, ...mathematics].map((text) =>
  subject(
    text,
    `(left, right, out) => { for (let i = 0; i < out.length; i++) { const a = left[i]; const b = right[i]; out[i] = Number(${text}) } return out }`,
    ['Float64Array', 'Float64Array', 'Float64Array'],
  ),
)
const one = texts.map((text) => subject(text, `(a, digits) => ${text}`, ['number', 'number']))
for (let done = 0; done < millions * 1e6; done += size) {
  const [left, right] = [column(), column()]
  for (const each of byColumns) compareColumns(each, left, right)
  for (const each of one) compareValues(each, left)
}
const wrong = [...byColumns, ...one].filter(({ run, different }) => typeof run === 'string' || different > 0)
for (const each of [...byColumns, ...one]) tell(each)
console.log(`${byColumns.length + one.length} compared, ${wrong.length} of them differ`)
process.exitCode = wrong.length > 0 ? 1 : 0

function subject(text: string, source: string, types: readonly TypeHint[]): Subject {
  return { text, own: evaluated(source), run: compiled(source, types), different: 0, bailed: 0, example: '' }
}

function tell({ text, run, different, bailed, example }: Subject): void {
  const counts = `${different} different${bailed > 0 ? `, ${bailed} gave up` : ''}${example}`
  console.log(`${text}: ${typeof run === 'string' ? `not compiled: ${run}` : counts}`)
}

/** Whole columns in one call, by a loop that is compiled too. */
function compareColumns(each: Subject, left: Float64Array, right: Float64Array): void {
  if (typeof each.run === 'string') return
  const expected = each.own(left, right, new Float64Array(size)) as Float64Array
  const given = each.run([left, right, new Float64Array(size)])
  if (!(given instanceof Float64Array)) throw new Error(`${each.text}: the loop gave up`)
  for (let i = 0; i < size; i++) {
    if (!Object.is(expected[i], given[i]))
      note(each, `a = ${left[i]}, b = ${right[i]}: ${given[i]} instead of ${expected[i]}`)
  }
}

function compareValues(each: Subject, values: Float64Array): void {
  const { run, own } = each
  if (typeof run === 'string') return
  for (const [at, a] of values.entries()) {
    const digits = at % 21
    const given = run([a, digits])
    if (given === programs.BAILED) each.bailed += 1
    else if (given !== own(a, digits)) note(each, `a = ${a}, digits = ${digits}: ${String(given)}`)
  }
}

function note(each: Subject, example: string): void {
  each.different += 1
  each.example ||= `, such as ${example}`
}

/** The text as a program, with the functions of Math that are exact in this process; a word when there is none. */
function compiled(source: string, types: readonly TypeHint[]): ((args: unknown[]) => unknown) | string {
  const answer = compileFunction(source, { types })
  if (!answer.ok) return answer.blockers.map(({ message }) => message).join('; ')
  try {
    const program = programs.openProgram(answer.program)
    return (args) => {
      const value = program.call(flattenArguments(answer.signature, args) ?? [])
      return value === programs.BAILED ? value : readResult(answer.signature, value)
    }
  } catch (error) {
    return String(error)
  }
}

function evaluated(source: string): Subject['own'] {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is what is compared
  return new Function(`return (${source})`)() as Subject['own']
}

function column(): Float64Array {
  return Float64Array.from({ length: size }, input)
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
