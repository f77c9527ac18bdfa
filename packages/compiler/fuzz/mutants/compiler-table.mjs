// Bugs to plant into the compiler.
/** @typedef {import('./table.mjs').Mutant} Mutant */

const lower = (name) => `packages/compiler/src/lower/${name}.ts`
const improve = 'packages/compiler/src/improve/improve.ts'

/** @type {(about: string, file: string, find: string, replace: string) => Mutant} */
const mutant = (about, file, find, replace) => ({ about: `compiler: ${about}`, file, find, replace })

/** @type {Mutant[]} */
export const compilerMutants = [
  mutant('products wrap early', lower('operators'), 'a.bound * b.bound < MAX_EXACT', 'a.bound * b.bound < Infinity'),
  mutant(
    'any sum is a counter',
    lower('operators'),
    'counter(result, bound, bound <= STEADY_BOUND ||',
    'counter(result, bound, true ||',
  ),
  mutant(
    'sums of int32 are int32',
    lower('operators'),
    "if (want === 'int32') {\n      return int32(build.emit(operator",
    "if (want === 'int32' || a.form === 'i') {\n      return int32(build.emit(operator",
  ),
  mutant(
    '-0 of int32 is 0',
    lower('operators'),
    "if (want === 'int32' && value.form !== 'n') {",
    "if (value.form !== 'n') {",
  ),
  mutant(
    'uint32 are compared as int32',
    lower('operators'),
    "if (a.form === 'i' && b.form === 'i') return build.emit(`I32_",
    'if (/[iu]/.test(a.form) && /[iu]/.test(b.form)) return build.emit(`I32_',
  ),
  mutant('>= is >', lower('operators'), "const orEqual = operator.endsWith('=')", "const orEqual = operator === '<='"),
  mutant(
    'texts: a <= b is a < b',
    lower('operators'),
    "build.emit('BOOL_NOT', [l.build.emit('STR_LT', [b.operand, a.operand])])",
    "build.emit('STR_LT', [a.operand, b.operand])",
  ),
  mutant(
    'x >>> 0 is x | 0',
    lower('operators'),
    "return op === 'I32_USHR' ? unsigned(left) : wrapped(left, a)",
    'return wrapped(left, a)',
  ),
  mutant(
    'a shift by 33 is one by 33',
    lower('operators'),
    'const places = by === undefined ? 0 : by & 31',
    'const places = by === undefined ? 0 : Math.min(by, 31)',
  ),
  mutant(
    'compound assignment reads late',
    lower('assignments'),
    '? l.snapshot(before) : before\n  const value = binary',
    '? before : before\n  const value = binary',
  ),
  mutant('x++ gives the new number', lower('assignments'), 'return node.prefix ? value : kept', 'return value'),
  mutant(
    '||= takes the left of &&=',
    lower('assignments'),
    "node.operator === '||=', end",
    "node.operator === '&&=', end",
  ),
  mutant(
    'swapping is not at once',
    lower('assignments'),
    'l.raws(plain).map((each) => l.snapshot(each))',
    'l.raws(plain)',
  ),
  mutant(
    'default comes last',
    lower('switches'),
    'build.jump(places[byDefault] ?? end)',
    'build.jump(places.at(-1) ?? end)',
  ),
  mutant(
    'cases do not fall through',
    lower('switches'),
    'for (const each of consequent) l.statement(each)',
    'for (const each of consequent) l.statement(each)\n    if (build.reachable && consequent.length > 0) build.jump(end)',
  ),
  mutant(
    'continue skips the step',
    lower('loops'),
    'inside(l, { labels, breakTo: end, continueTo: next }, body)\n  build.place(next)\n  if (build.reachable) {\n    update()',
    'inside(l, { labels, breakTo: end, continueTo: check }, body)\n  build.place(next)\n  if (build.reachable) {\n    update()',
  ),
  mutant(
    'do tests first',
    lower('loops'),
    'build.place(again)\n  inside(l, { labels, breakTo: end, continueTo: next }, node.body)',
    "l.condition(node.test, again, end, 'yes')\n  build.place(again)\n  inside(l, { labels, breakTo: end, continueTo: next }, node.body)",
  ),
  mutant(
    'for-of takes single units',
    lower('loops'),
    "build.move(step, constant('k', 2))",
    "build.move(step, constant('k', 1))",
  ),
  mutant(
    'uint32 to text as int32',
    lower('convert'),
    "return value.form === 'i'\n",
    "return value.form === 'i' || value.form === 'u'\n",
  ),
  mutant('uint32 to double as int32', lower('convert'), "u: 'F64_FROM_U32'", "u: 'F64_FROM_I32'"),
  mutant(
    'copies are dropped though used twice',
    improve,
    'reads.get(from) === 1 && writes.get(from) === 1',
    'writes.get(from) === 1',
  ),
  mutant(
    'a branch is turned round wrongly',
    improve,
    "op: branch.op === 'JUMP_IF' ? 'JUMP_UNLESS' : 'JUMP_IF', label",
    'label',
  ),
  mutant('what may give up is left out', improve, 'opcodes[op].bails || (reads', '(reads'),
]
