// The command `catzilla`: what it answers, above all where something is wrong with what it is given.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { run } from '../src/cli/run.ts'

const root = mkdtempSync(join(tmpdir(), 'catzilla-cli-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function fileWith(name: string, text: string): string {
  const path = join(root, name)
  writeFileSync(path, text)
  return path
}

interface Answer {
  readonly code: number
  readonly printed: string
  readonly complained: string
}

/** Without a C compiler: what has loops is not compiled ahead, and nothing depends on the machine. */
async function answerTo(...args: string[]): Promise<Answer> {
  const said = { printed: '', complained: '' }
  const code = await run(args, {
    env: { PATH: '/nowhere' },
    print: (text) => void (said.printed += text),
    complain: (text) => void (said.complained += text),
  })
  return { code, ...said }
}

const good = fileWith(
  'good.ts',
  `export const add = (a: number, b: number): number => a + b
export const load = async (url: string) => fetch(url)
export function total(values: Float64Array): number { let s = 0; for (const v of values) s += v; return s }
`,
)
const broken = fileWith('broken.ts', 'export function f( {')

it('explains the functions of a file: compiled, or each blocker with its code and place', async () => {
  expect(await answerTo('explain', good)).toStrictEqual({
    code: 0,
    printed: `add    ${good}:1  compiled
load   ${good}:2  stays JavaScript
  CZ1002: an async function cannot be compiled (line 2, column 21)
    instead: nothing, where it waits; what computes in it can be a plain function, as a task of its own
total  ${good}:3  compiled, with loops
2 of 3 functions are compiled
`,
    complained: '',
  })
})

it.each([
  ['that is not there', join(root, 'none.ts'), /none\.ts: there is no such file\n$/],
  ['that is a folder', root, /is a folder: name the files in it\n$/],
  ['that is no TypeScript', broken, /broken\.ts: Expected/],
])('names a file %s with its reason, and explains the others', async (_, file, reason) => {
  const { code, printed, complained } = await answerTo('explain', file, good)
  expect(code).toBe(1)
  expect(complained).toMatch(reason)
  expect(complained.split('\n')).toHaveLength(2)
  expect(printed).toContain('2 of 3 functions are compiled')
})

it.each([
  [['compile'], 'compile which files?'],
  [['explian', good], 'there is no command "explian"'],
  [[], 'there is no command ""'],
  [['explain', '--bogus', good], "Unknown option '--bogus'"],
  [['compile', good, '--target', 'linux'], '--target linux is not a target and its C compiler'],
])('says what is wrong with %j, and how it is used', async (args, problem) => {
  const { code, printed, complained } = await answerTo(...args)
  expect([code, printed]).toStrictEqual([2, ''])
  expect(complained).toContain(`catzilla: ${problem}`)
  expect(complained).toContain('catzilla explain <files>\n')
})

it('says how it is used when it is asked', async () => {
  expect(await answerTo('--help')).toMatchObject({ code: 0, complained: '' })
})

it('writes what it compiled, and where', async () => {
  const out = join(root, 'out')
  const { code, printed } = await answerTo('compile', good, '--out', out)
  expect(code).toBe(0)
  expect(printed).toContain(`import ${join(out, 'index.mjs')} first`)
  expect(readdirSync(out)).toContain('manifest.json')
})

it('writes nothing when a file cannot be read, or the folder not be written', async () => {
  const half = await answerTo('compile', good, broken, '--out', join(root, 'half'))
  expect(half.code).toBe(1)
  expect(half.complained).toContain('nothing is written, since not every file could be read')
  expect(readdirSync(root)).not.toContain('half')
  const blocked = await answerTo('compile', good, '--out', join(good, 'sub'))
  expect(blocked.code).toBe(1)
  expect(blocked.complained).toMatch(/good\.ts.*: name a folder that can be written to with --out\n$/)
})
