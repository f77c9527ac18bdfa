// Modules in TypeScript are read by whatever is installed where they are: small projects, each with its own packages, and
// child processes that see no others.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { taskCodeOf } from '../../src/isolates/code/task-code.ts'
import type { TaskCode } from '../../src/isolates/code/task-code.ts'
import type { BodyAnswer } from './body-entry.ts'
import { callInThread, entry, startProcess } from './isolate.ts'

const root = join(import.meta.dirname, '../../../..')

/** Where the packages are that projects are given. */
const installed: Readonly<Record<string, string>> = {
  esbuild: 'packages/engine/node_modules/esbuild',
  tsx: 'packages/engine/node_modules/tsx',
  typescript: 'node_modules/@typescript/typescript6',
  vitest: 'node_modules/vitest',
}

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  'part.ts': 'export const times = (x: number, by: number): number => x * by',
  'strippable.ts': `import { times } from './part.ts'\nexport const run = (x: number): number => times(x, 2)`,
  'enum.ts': `import { times } from './part.js'\nenum By { Three = 3 }\nexport const run = (x: number): number => times(x, By.Three)`,
  'common/package.json': '{}',
  'common/named.cts': `import path = require('node:path')\nconst run = (x: string): string => path.basename(x)\nexport = { run }`,
  'common/plain.ts': `const { basename } = require('node:path')\nmodule.exports.run = (x: string): string => basename(x) as string`,
  'late.mjs': `export { run } from './strippable.ts'`,
  'fails.ts': `interface A {\n  b: 1\n}\n\nexport const run = (x: number): void => {\n  throw new Error('line ' + (x as number))\n}\nexport enum No { A }`,
}

const folders: string[] = []

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A project of those files with links to packages. */
function project(packages: readonly string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'catzilla typescript ')))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'node_modules'))
  for (const name of packages)
    symlinkSync(join(root, installed[name] ?? name), join(folder, 'node_modules', name), 'junction')
  return folder
}

async function callIn(folder: string, file: string, argument: unknown, execArgv: string[] = []): Promise<BodyAnswer> {
  const child = startProcess({ cwd: folder, execArgv })
  try {
    return await child.call(
      taskCodeOf('t', function run() {}, join(folder, file)),
      argument,
    )
  } finally {
    await child.end()
  }
}

/** Node 22.18 and newer strip types by themselves. */
const stripping = typeof (process.features as { readonly typescript?: unknown }).typescript === 'string'

describe.each([['tsx'], ['esbuild'], ['vitest'], ['typescript']])('with %s installed', (name) => {
  const folder = project([name])

  test.each([
    ['strippable.ts', 2, 4],
    ['enum.ts', 2, 6],
    ['common/named.cts', '/a/b', 'b'],
    ['common/plain.ts', '/a/b', 'b'],
  ])('%s', async (file, argument, value) => {
    expect(await callIn(folder, file, argument)).toMatchObject({ value })
  })

  test('again, for another task of the module', async () => {
    const child = startProcess({ cwd: folder })
    try {
      for (const task of ['one', 'two']) {
        const code = taskCodeOf(task, function run() {}, join(folder, 'enum.ts'))
        expect(await child.call(code, 2)).toMatchObject({ value: 6 })
      }
    } finally {
      await child.end()
    }
  })

  test('errors name the line of the source', async () => {
    const { error } = await callIn(folder, 'fails.ts', 7)
    expect(error?.message).toBe('line 7')
    expect(error?.stack).toMatch(/fails\.ts:6:/)
  })
})

test.skipIf(stripping)('with nothing installed the error says what to do', async () => {
  const { error } = await callIn(project([]), 'strippable.ts', 1)
  expect(error).toMatchObject({
    name: 'TaskDefinitionError',
    message: expect.stringMatching(
      /^task 't': file:.*strippable\.ts is TypeScript that Node .* cannot read by itself, and nothing is installed that reads it; use Node 22\.18 .*node --import tsx, or build first/,
    ),
  })
})

test.runIf(stripping)(
  'with nothing installed Node strips types, and the error of what cannot be stripped says what to do',
  async () => {
    const folder = project([])
    expect(await callIn(folder, 'strippable.ts', 2)).toMatchObject({ value: 4 })
    expect(await callIn(folder, 'late.mjs', 2)).toMatchObject({ value: 4 })
    const { error } = await callIn(folder, 'enum.ts', 1)
    expect(error?.message).toMatch(
      /enum\.ts is TypeScript that Node .* cannot read by itself .*, and nothing is installed/,
    )
  },
)

test('what is not there is said to be so, with and without anything installed', async () => {
  for (const packages of [[], ['esbuild']]) {
    const { error } = await callIn(project(packages), 'gone.ts', 1)
    expect(error?.message).toMatch(/gone\.ts is not there; give module/)
  }
})

test('a module that sees a transpiler is read after one that saw none', async () => {
  const [without, other] = [project([]), project(['esbuild'])]
  const child = startProcess({ cwd: without })
  try {
    const codes = [without, other].map((folder) => taskCodeOf('t', function run() {}, join(folder, 'enum.ts')))
    const answers = [await child.call(codes[0] as TaskCode, 2), await child.call(codes[1] as TaskCode, 2)]
    expect(answers).toMatchObject([{ error: { name: 'TaskDefinitionError' } }, { value: 6 }])
  } finally {
    await child.end()
  }
})

test('a process that was started with tsx needs nothing else', async () => {
  const folder = project(['tsx'])
  expect(await callIn(folder, 'enum.ts', 2, ['--import', 'tsx'])).toMatchObject({ value: 6 })
  expect(await callIn(folder, 'late.mjs', 2, ['--import', 'tsx'])).toMatchObject({ value: 4 })
})

test('a module of this test project, from a thread of the process that runs the tests', async () => {
  const url = new URL('./fixtures/typed.ts', import.meta.url).href
  expect(
    await callInThread(
      taskCodeOf('t', function area() {}, url),
      { width: 3 },
    ),
  ).toMatchObject({ value: 9 })
  expect(await callInThread(taskCodeOf('t', function here() {}, url))).toMatchObject({ value: url })
})

test('bodies of a program that was started with tsx, as text and as a module', async () => {
  const program = join(import.meta.dirname, 'fixtures/tsx-program.ts')
  const child = fork(program, [entry], { cwd: dirname(program), execArgv: ['--import', 'tsx'] })
  const [values] = (await once(child, 'message')) as [unknown[]]
  await once(child, 'exit')
  expect(values).toEqual(['4 inner named', 6, 6])
})
