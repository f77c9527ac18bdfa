// What the build door sees of a module: where tasks are made, which bodies it compiles, and with what.
import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { importedConstants, namesInFunctions } from '../src/module/imported-constants.ts'
import type { ParsedModule } from '../src/module/imported-constants.ts'
import { parseModule } from '../src/module/parse-module.ts'
import { namesInText } from '../src/prebuilt/names-in-text.ts'
import { marksInChunk } from '../src/rollup/marks-in-chunk.ts'
import { markModule } from '../src/rollup/marked-module.ts'
import type { MarkedModule } from '../src/rollup/marked-module.ts'

async function marked(text: string, modules: Readonly<Record<string, string>> = {}): Promise<MarkedModule> {
  const load = async (specifier: string): Promise<ParsedModule | undefined> => {
    const found = modules[specifier]
    return found === undefined ? undefined : parseModule(specifier, found)
  }
  const parsed = await parseModule('m.ts', text)
  return markModule(parsed, 'm.ts', await importedConstants(parsed, load, namesInFunctions(parsed.program)))
}

/** The text, with short keys. */
function textOf({ changed }: MarkedModule): string | undefined {
  return changed?.code.replaceAll(/catzilla:[0-9a-f]{16}/g, 'KEY')
}

describe('bodies of tasks are marked', () => {
  it.each([
    ['tasks.task((a: number) => a + 1)', 'tasks.task(__catzillaPrebuilt((a: number) => a + 1, "KEY", () => ({  })))'],
    [
      "const R = 2, app = { tasks }\napp.tasks.task({ name: 'x' }, function (a: number) { return a * R })",
      'app.tasks.task({ name: \'x\' }, __catzillaPrebuilt(function (a: number) { return a * R }, "KEY", () => ({ R })))',
    ],
    [
      'function f(a: number) { return a }\nexport function start() { return tasks.addTask(f, [1]) }',
      'tasks.addTask(__catzillaPrebuilt(f, "KEY", () => ({  })), [1])',
    ],
    ["tasks.task({ signature: ['number'] }, (a) => -a)", '__catzillaPrebuilt((a) => -a, "KEY", () => ({  }))'],
    [
      "tasks.task({ signature: [{ record: { a: 'number' } }] as const }, (r) => r.a)",
      '__catzillaPrebuilt((r) => r.a, "KEY", () => ({  }))',
    ],
  ])('%s', async (text, expected) => {
    expect(textOf(await marked(`${text}\nexport {}`))).toContain(expected)
  })

  it.each([
    ['what is not to be compiled', 'tasks.task({ compile: false }, (a: number) => a)'],
    ['a lane by name', "tasks.task({ lane: 'thread' }, (a: number) => a)"],
    ['a function from elsewhere', 'export const make = (f: () => void) => tasks.task({}, f)'],
    ['a function that is assigned to again', 'function f(a: number) { return a }\nf = g\ntasks.task(f)'],
    ['a variable that may be another function', 'let f = (a: number) => a\ntasks.task({}, f)'],
  ])('but not %s', async (_, text) => {
    expect(await marked(`${text}\nexport {}`)).toStrictEqual({ changed: undefined, candidates: [], others: [] })
  })

  it.each([
    ['tasks.task({}, async (a: number) => a)', /CZ1002: an async function/],
    ['let r = 1\ntasks.task({}, (a: number) => a * r)', /CZ1004: 'r' comes from outside/],
    ['tasks.task({}, (a) => a)', /the type of argument 1, unknown, is not known here; annotate it, or give/],
    ['tasks.task({}, (a: Map<string, number>) => 1)', /argument 1, Map<string, number>, is not known/],
  ])('and the others are named: %s', async (text, why) => {
    const { changed, others } = await marked(`${text}\nexport {}`)
    expect([changed, others]).toStrictEqual([undefined, [expect.stringMatching(why)]])
  })
})

describe('constants', () => {
  const valueOf = async (text: string, modules: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const { candidates, others } = await marked(`${text}\ntasks.task({}, (a: number) => a + C)\nexport {}`, modules)
    if (candidates[0] === undefined) return others[0]
    return candidates[0].fn.captures['C']
  }
  const unknown = expect.stringContaining("'C' comes from outside") as string

  it.each([
    ['24 * 60 * 60 * 1000', 86_400_000],
    ['-0', -0],
    ['1 / 3 + 2 ** -1', 1 / 3 + 0.5],
    ['(7 >>> 1) | ~2 ^ 5 & 3', (7 >>> 1) | (~2 ^ (5 & 3))],
    ['Math.PI', Math.PI],
    ['Number.MAX_SAFE_INTEGER', Number.MAX_SAFE_INTEGER],
    ['Infinity', Infinity],
    ['+1 as number', 1],
  ])('%s', async (text, value) => {
    expect(await valueOf(`const C = ${text}`)).toBe(value)
  })

  it('may be made of others, from this module and from those that it imports', async () => {
    const modules = {
      './rates.ts': "import { B } from './base.ts'\nexport const A = B * 2",
      './base.ts': 'export const B = 21',
    }
    expect(await valueOf("import { A as D } from './rates.ts'\nconst C = D + 1", modules)).toBe(43)
    const circle = {
      './a.ts': "import { B } from './b.ts'\nexport const A = B",
      './b.ts': "import { A } from './a.ts'\nexport const B = A",
    }
    expect(await valueOf("import { A as C } from './a.ts'", circle)).toStrictEqual(unknown)
  })

  it.each([
    'let C = 1',
    'var C = 1',
    'const C = random()',
    'const C = Math.random()',
    'const C = process.env.C',
    'const C = x ? 1 : 2',
    'const C = 1n as never',
    "import { C } from 'elsewhere'",
  ])('not %s', async (text) => {
    expect(await valueOf(text)).toStrictEqual(unknown)
  })

  it.each([
    'export function start(C: number) { tasks.task({}, (a: number) => a + C) }',
    '{ const C = 2; tasks.task({}, (a: number) => a + C) }',
    'for (const C of list) tasks.task({}, (a: number) => a + C)',
    'try { go() } catch (C) { tasks.task({}, (a: number) => a + C) }',
    'export const start = ({ C }) => tasks.task({}, (a: number) => a + C)',
    'export function start() { var C = 3; return tasks.task({}, (a: number) => a + C) }',
  ])('are not meant where their name means something else: %s', async (text) => {
    const { candidates, others } = await marked(`const C = 1\n${text}\nexport {}`)
    expect(candidates).toStrictEqual([])
    expect(others).toStrictEqual([unknown])
  })

  it('and functions of other modules, where they need nothing from there', async () => {
    const modules = {
      './f.ts': 'const R = 2\nexport const f = (a: number) => a + 1\nexport const g = (a: number) => a * R',
    }
    const text = (name: string): string => `import { ${name} } from './f.ts'\ntasks.task({}, (a: number) => ${name}(a))`
    expect((await marked(text('f'), modules)).candidates).toHaveLength(1)
    expect((await marked(text('g'), modules)).others).toStrictEqual([expect.stringContaining("'R' comes from outside")])
  })
})

describe('what was written', () => {
  it.each([
    ['p((a) => a * t, "catzilla:1", () => ({ RATE: t, clamp }))', '(a) => a * t'],
    ['p(function f(a){return a},`catzilla:1`,function(){return{RATE:.5,clamp:clamp}})', 'function f(a){return a}'],
    ['p(clamp, "catzilla:1", () => ({ clamp }))', 'function clamp(x) { return x }'],
  ])('is found again: %s', async (code, body) => {
    const chunk = `${code}\nfunction clamp(x) { return x }\nexport {}`
    const { program } = await parseModule('chunk.js', chunk)
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    const [mark] = marksInChunk(chunk, program)
    expect(mark).toMatchObject({
      key: 'catzilla:1',
      text: hash(body),
      functions: { clamp: `function ${hash('function clamp(x) { return x }')}` },
    })
  })

  it('knows captures by the names that they have in the body', () => {
    const t = 0.25
    const clamp = (x: number): number => x
    expect(namesInText(() => ({ RATE: t, clamp }))).toStrictEqual({ t, clamp })
    const minified = runInNewContext('const x = 1; () => ({RATE:.25,clamp:x,e:!0})', {}) as () => Record<
      string,
      unknown
    >
    expect(namesInText(minified)).toStrictEqual({ x: 1 })
  })
})
