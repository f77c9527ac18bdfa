// Text that nobody means well with: a compiler must answer all of it, soon, and must not fall over.
import { bombs } from './bombs.ts'
import { generate } from './generator/generate.ts'
import { oddTexts } from './odd-texts.ts'
import { viewKinds, type Hint, type Program } from './program.ts'
import type { Random } from './random.ts'

interface HostileSource {
  readonly source: string
  readonly types: Hint[]
}

/** The text of a program with some of its tokens lost, doubled, exchanged or replaced. Much of it is still a function. */
function mutated(random: Random, source: string): string {
  const tokens = source.match(/\s+|[A-Za-z_$][\w$]*|\d[\w.]*|"(?:[^"\\]|\\.)*"|[^\s\w]/g) ?? []
  for (let edits = random.between(1, 3); edits > 0 && tokens.length > 0; edits--) {
    const at = random.below(tokens.length)
    const other = random.below(tokens.length)
    const change = random.weighted<() => void>([
      [2, () => void tokens.splice(at, 1)],
      [1, () => void tokens.splice(at, 0, tokens[at] as string)],
      [3, () => void (tokens[at] = tokens[other] as string)],
      [2, () => void (tokens[at] = random.pick(words))],
      [2, () => void tokens.splice(at, 0, ' ', random.pick(words), ' ')],
    ])
    change()
  }
  return tokens.join('')
}

const words = [
  'this arguments new delete typeof void in instanceof await yield async super null undefined eval with constructor',
  '__proto__ toString hasOwnProperty valueOf length prototype Math String Number NaN Infinity 0n /a/g => ... ?. ?? ??=',
  '||= &&= ** **= ++ -- ! ~ #x ` ${ } { ( ) [ ] ; , : ? = === <!-- \\u0061 "\\u{110000}" 1e999 0x 08 . let const var',
  'class function return throw try catch finally if else for while do switch case default break continue -0 -1',
  '2147483648 0.5 "" true false + - * / % < > <= !== && || += | & >>>',
]
  .join(' ')
  .split(' ')

const hints: Hint[] = ['number', 'string', 'boolean', ...viewKinds, { record: { a: 'number' } }, { record: {} }]
export function hostileProgram(random: Random): Program {
  return random.chance(0.8) ? spoiled(random) : { ...hostileSource(random), captures: {} }
}

function hostileSource(random: Random): HostileSource {
  const types = Array.from({ length: random.below(4) }, () => random.pick(hints))
  const source = random.weighted<() => string>([
    [2, () => random.pick(oddTexts)],
    [2, () => randomText(random)],
    [0.2, () => random.pick(Object.values(bombs))(random.pick([1, 10, 100, 1000]))],
  ])()
  return { source, types }
}

const alike = [/^[A-Za-z_$][\w$]*$/, /^\d/, /^[-+*/%<>=!&|^]+$/, /^"/]

/** The text with some tokens replaced by others of their sort: mostly still a function, which does something else. */
function exchanged(random: Random, source: string): string {
  const tokens = source.match(/\s+|[A-Za-z_$][\w$]*|\d[\w.]*|"(?:[^"\\]|\\.)*"|[-+*/%<>=!&|^]+|[^\s\w]/g) ?? []
  for (let edits = random.between(1, 4); edits > 0; edits--) {
    const sort = random.pick(alike)
    const places = tokens.flatMap((token, index) => (sort.test(token) ? [index] : []))
    if (places.length > 1) tokens[random.pick(places)] = tokens[random.pick(places)] as string
  }
  return tokens.join('')
}

/** A generated program, spoiled. */
function spoiled(random: Random): Program {
  const program = generate(random, { row: 2 })
  const { source } = program
  const text = random.weighted<() => string>([
    [10, () => exchanged(random, source)],
    [3, () => mutated(random, source)],
    [1, () => source.slice(0, random.below(source.length))],
    [1, () => source.slice(random.below(source.length))],
    [
      1,
      () => source.replaceAll(/\bv(\d)\b/g, () => random.pick(['constructor', '__proto__', 'toString', 'v1', 'Math'])),
    ],
  ])()
  const types = random.chance(0.8) ? program.types : program.types.map(() => random.pick(hints))
  return { ...program, source: text, types }
}

function randomText(random: Random): string {
  let text = random.pick(['', '(a) => ', 'function f(a) { '])
  for (let i = random.below(40); i > 0; i--) {
    text += random.chance(0.7) ? random.pick(words) : String.fromCharCode(random.below(random.pick([128, 256, 65536])))
    if (random.chance(0.3)) text += ' '
  }
  return text
}
