// The command, the plugin and `explain()` of a task, which asks `compileFunction`, say the same of what is not compiled.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { run } from '../src/cli/run.ts'
import { adviseOn, compileFunction, describeBlocker } from '../src/index.ts'
import { parseModule } from '../src/module/parse-module.ts'
import { markModule } from '../src/rollup/marked-module.ts'

const root = mkdtempSync(join(tmpdir(), 'catzilla-said-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Bodies without types in them, so that their text is the same when they run; the types that they would be called with. */
const bodies: readonly [body: string, types: readonly string[], says: RegExp][] = [
  ['async () => 1', [], /^CZ1002: an async function cannot be compiled \(line 2, column 21\)$/],
  ['async () => { await 1; return fetch }', [], /^CZ1002: an async function/],
  ['async function () { return 1 }', [], /^CZ1002: an async function/],
  ['async function* () { yield 1 }', [], /^CZ1002: an async function/],
  ['function* () { yield 1 }', [], /^CZ1002: a generator/],
  ['async (url) => url', ['string'], /^CZ1002: an async function/],
  ['() => { const load = async () => 1; return load() }', [], /^CZ1002: an async function or generator/],
  ['() => fetch("x")', [], /^CZ1003: 'fetch' is not available in compiled tasks \(line 2, column 27\)$/],
  ['() => [1, "a"].length', [], /^CZ1011: an array of numbers is not compiled with a string \(line 2, column 31\)$/],
  // what uses it has no reason of its own
  ['() => { const pair = [1, "a"]; return pair[0] }', [], /^CZ1011: an array of numbers is not compiled with a string/],
  ['() => { let [x, y] = [fetch, 2]; x = 1; const f = () => y; return f() + x }', [], /^CZ1003: 'fetch'/],
]

it.each(bodies)('%s', async (body, types, says) => {
  const text = `\nexport const body = ${body}\ntasks.task({}, body)\n`
  const path = join(root, 'body.ts')
  writeFileSync(path, text)
  const compilation = compileFunction(body, { types, line: 2, column: 21 })
  const blockers = compilation.ok ? [] : compilation.blockers
  expect(blockers.map(describeBlocker)).toStrictEqual([expect.stringMatching(says)])

  let printed = ''
  await run(['explain', path], { env: {}, print: (more) => void (printed += more), complain: () => {} })
  expect(printed).toContain(
    blockers.map((each) => `  ${describeBlocker(each)}\n    instead: ${each.remedy}\n`).join(''),
  )

  const { others } = markModule(await parseModule('body.ts', text), 'body.ts', {})
  expect(others).toStrictEqual([`body (body.ts:2) stays JavaScript: ${blockers.map(adviseOn).join('; ')}`])
})
