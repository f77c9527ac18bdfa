// The examples of docs/compilation.md, run with the built packages as its readers run them.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildMissing } from './built-with.ts'

const packageRoot = join(import.meta.dirname, '..')
if (buildMissing !== undefined) process.stdout.write(`examples of docs/compilation.md are skipped: ${buildMissing}\n`)

const run = promisify(execFile)
const page = await readFile(join(packageRoot, '../../docs/compilation.md'), 'utf8')
const blocks = [...page.matchAll(/```(ts|js|text)\n(?:\/\/ (\S+)\n)?([^]*?)```/g)].map(
  ([, kind = '', file, code = '']) => ({
    kind,
    file,
    code,
  }),
)
/** Examples that stand alone, and what stands below each. */
const examples = blocks.flatMap(({ kind, file, code }, at) =>
  kind === 'ts' && file === undefined
    ? [[code, blocks.slice(at).find((each) => each.kind === 'text')?.code] as const]
    : [],
)
/** The files of the application that is built, with their first line, and what it prints. */
const application = blocks.filter(({ file }) => file !== undefined)

let folder = ''
beforeAll(async () => {
  if (buildMissing === undefined) folder = await mkdtemp(join(packageRoot, 'dist/.doc-'))
})
afterAll(async () => {
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

async function printedBy(file: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
  const options = { cwd: folder, env: { ...env, CATZILLA_ENGINE: 'native', ...environment } }
  const { stdout, stderr } = await run(process.execPath, [file], options)
  expect(stderr).toBe('')
  return stdout
}

describe.skipIf(buildMissing !== undefined)('docs/compilation.md', () => {
  test('has two examples that stand alone, and an application', () => {
    expect(examples).toHaveLength(2)
    expect(application.map(({ file }) => file)).toStrictEqual(['vite.config.js', 'src/main.ts'])
  })

  test.each(examples.map(([code, printed], at) => [at + 1, code, printed] as const))(
    'example %i prints what stands below it',
    async (at, example, printed) => {
      const { code } = await transform(example, { loader: 'ts', format: 'esm' })
      await writeFile(join(folder, `example-${at}.mjs`), code)
      expect(await printedBy(join(folder, `example-${at}.mjs`))).toBe(printed)
    },
  )

  test('the application is built with its bodies, and prints what stands below it with nothing to compile with', async () => {
    for (const { file = '', code } of application) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), `// ${file}\n${code}`)
    }
    const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')
    const { NODE_OPTIONS: _, VITEST: __, NODE_ENV: ___, ...env } = process.env
    await run(process.execPath, [vite, 'build'], { cwd: folder, env })
    const printed = await printedBy(join(folder, 'dist/main.js'), { PATH: '', CATZILLA_CACHE: 'off' })
    expect(printed).toBe(blocks.at(-1)?.code)
  })
})
