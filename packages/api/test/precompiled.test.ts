// `catzilla compile`, for applications that no bundler builds.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildMissing } from './built-with.ts'

const packageRoot = join(import.meta.dirname, '..')
const command = join(packageRoot, '../compiler/bin/catzilla.mjs')
if (buildMissing !== undefined) process.stdout.write(`tests of catzilla compile are skipped: ${buildMissing}\n`)

const run = promisify(execFile)
let folder = ''

async function compile(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
  return run(process.execPath, [command, 'compile', 'tasks.mjs', '--out', 'compiled', ...args], { cwd: folder, env })
}

async function printed(): Promise<unknown> {
  const env = { PATH: '', CATZILLA_CACHE: 'off' }
  const { stdout, stderr } = await run(process.execPath, ['main.mjs'], { cwd: folder, env })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

beforeAll(async () => {
  if (buildMissing !== undefined) return
  folder = await mkdtemp(join(packageRoot, 'dist/.precompiled-'))
  await cp(join(import.meta.dirname, 'fixtures/precompiled'), folder, { recursive: true })
})
afterAll(async () => {
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

describe.skipIf(buildMissing !== undefined)('catzilla compile', () => {
  test('writes bodies that run in C from the first call', async () => {
    const { stdout, stderr } = await compile()
    expect(stderr).toBe('')
    expect(stdout).toContain(`2 are ready in compiled, for ${process.platform}-${process.arch}`)
    expect(await printed()).toStrictEqual([
      [111, 'native'],
      [0.83, 'native'],
      [1, 'inline'],
      expect.stringMatching(/^compiled at build from tasks\.mjs:6, and compared/),
      expect.stringMatching(/^compiled at build from tasks\.mjs:17, and compared/),
      null,
    ])
  })

  test('of another text are not run', async () => {
    const file = join(folder, 'tasks.mjs')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('3 * n + 1', '3 * n + 1 + 0').replace('RATE = 0.25', 'RATE = 0.5'))
    expect(await printed()).toStrictEqual([
      [111, 'inline'],
      [1.67, 'inline'],
      [1, 'inline'],
      null,
      expect.stringMatching(/^not used: 'RATE' is not what it was at build/),
      null,
    ])
    await writeFile(file, text)
  })

  test('for other platforms is asked of their C compilers, and says what they said', async () => {
    const { stdout, stderr } = await compile('--target', 'linux-arm64=/nowhere/cc', '--target', 'other-x64=cc')
    expect(stdout).toContain('for other-x64')
    expect(stderr).toBe(
      'catzilla: there is no machine code for linux-arm64: /nowhere/cc does not answer to --version\n',
    )
    expect((await printed()) as unknown[]).toContainEqual(
      expect.stringMatching(/^not used: there is no machine code for .*, only for other-x64/),
    )
    await expect(compile('--target', 'nonsense')).rejects.toMatchObject({ code: 2 })
  })
})
