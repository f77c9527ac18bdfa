// Writes docs/compiled-constructs.generated.md from the tables that the compiler goes by.
import { writeFileSync } from 'node:fs'
import { loadSource } from './load-source.mjs'

const { constructs } = await loadSource('packages/compiler/src/check/constructs.ts')
const { blockerTable } = await loadSource('packages/compiler/src/check/blockers.ts')
const { remedyFor } = await loadSource('packages/compiler/src/check/remedies.ts')
const { builtins } = await loadSource('packages/compiler/src/lower/builtins.ts')
const { listMethods } = await loadSource('packages/compiler/src/lower/list-methods.ts')
const { arrayStatics } = await loadSource('packages/compiler/src/lower/array-statics.ts')
const { effectCalls } = await loadSource('packages/compiler/src/lower/effects.ts')
const methods = await loadSource('packages/compiler/src/lower/methods.ts')

const cell = (text) => text.replaceAll('|', '\\|')
const table = (head, rows) =>
  [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
const called = (entries) =>
  table(
    ['function', 'conditions'],
    Object.entries(entries).map(([name, { conditions = '' }]) => [`\`${name}\``, cell(conditions)]),
  )

const all = Object.values(constructs)
const compiled = all.filter((each) => each.compiled !== undefined)
const refused = [
  ...new Map(all.filter((each) => each.compiled === undefined).map((each) => [each.shown, each])).values(),
]

writeFileSync(
  'docs/compiled-constructs.generated.md',
  `# What is compiled

A task body that keeps to this becomes a program for the C engine and gives the very bits that V8 gives. Anything else stays
JavaScript, and \`explain()\` names the blocker and its place. Values are numbers, booleans, strings, typed arrays, arrays of
numbers, strings or booleans, objects with known fields, and any of these or undefined or null. What throws, and what is rare (an index outside, a text with letters
beyond ASCII that changes case), gives up and runs again in JavaScript.

## Syntax

${table(
  ['construct', 'conditions'],
  compiled.map((each) => [cell(each.shown), cell(each.compiled)]),
)}

## Syntax that is not

${table(
  ['construct', 'blocker', 'instead'],
  refused.map((each) => [
    cell(each.shown),
    each.code,
    cell(remedyFor(each.code, each.shown) ?? blockerTable[each.code].remedy),
  ]),
)}

## Functions

${called(builtins)}

Constants such as \`Math.PI\` and \`Number.MAX_SAFE_INTEGER\` too.

## Methods of strings

${called(methods.stringMethods)}

\`length\` and \`text[i]\` too.

## Methods of arrays

${called(listMethods)}

\`length\` and elements too: what lies outside is undefined where it is compared, asked for its type or replaced by \`??\` or
\`||\`; elsewhere it runs in JavaScript. An array that is handed in is a copy of its own, as the arguments of every task; one with
holes, getters, a class or methods of its own, or that is frozen, runs in JavaScript.

## Arrays made

${called(arrayStatics)}

\`new Array(n).fill(x)\` too.

## The console, and sleeping

${called(effectCalls)}

## Methods of numbers and booleans

${called(methods.numberMethods)}

## Methods of typed arrays

${called(methods.viewMethods)}

\`length\`, \`BYTES_PER_ELEMENT\` and elements too.

## Blockers

${table(
  ['code', 'message', 'instead'],
  Object.entries(blockerTable).map(([code, { message, remedy }]) => [`\`${code}\``, cell(message), cell(remedy)]),
)}
`,
)
