// The packages as they are published, installed in a folder of their own, in programs that real Node runs: tasks in threads
// and processes find their entries, their modules and this package again. Nothing is downloaded.
import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { copyFile, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../..')
const run = promisify(execFile)

const binary = 'build/Release/core.node'
const isBuilt = existsSync(join(packages, 'core-c', binary)) && existsSync(join(packages, 'core-c/dist/index.js'))
const hasNative = isBuilt && process.env['CATZILLA_NATIVE'] !== 'off'
const ours = ['engine', 'api', ...(hasNative ? ['core-c'] : [])]
const engines = ['typescript', ...(hasNative ? ['native'] : [])]
/** What ours need, and tsx, by the package that has it. */
const theirs: readonly (readonly [name: string, from: string])[] = [
  ['@standard-schema/spec', 'api'],
  ['croner', 'api'],
  ['acorn', 'engine'],
  ['tsx', 'engine'],
]

const unbuilt = ours.filter((name) => !existsSync(join(packages, name, 'dist/index.js')))
if (unbuilt.length > 0) process.stdout.write(`tests on packed packages are skipped: no dist in ${unbuilt.join(', ')}\n`)
if (!hasNative)
  process.stdout.write('packed packages are tested without the C engine: it is not built, or switched off\n')

const folder = await mkdtemp(join(realpathSync(tmpdir()), 'catzilla-packed-'))
const installed = (name: string): string => join(folder, 'node_modules', name)

beforeAll(async () => {
  if (unbuilt.length > 0) return
  await cp(join(import.meta.dirname, 'fixtures/packed'), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await Promise.all([...ours.map(install), ...theirs.map(link)])
  if (!hasNative) return
  // where catzilla-core-c-build leaves it
  await mkdir(dirname(join(installed('@catzilla/core-c'), binary)), { recursive: true })
  await copyFile(join(packages, 'core-c', binary), join(installed('@catzilla/core-c'), binary))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function install(name: string): Promise<void> {
  const target = installed(`@catzilla/${name}`)
  await mkdir(target, { recursive: true })
  const pack = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', target]
  // on Windows npm is a script
  const { stdout } = await run('npm', pack, { cwd: join(packages, name), shell: process.platform === 'win32' })
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string }]
  await run('tar', ['-xzf', packed.filename, '--strip-components', '1'], { cwd: target })
}

async function link([name, from]: readonly [string, string]): Promise<void> {
  await mkdir(dirname(installed(name)), { recursive: true })
  await symlink(await realpath(join(packages, from, 'node_modules', name)), installed(name), 'junction')
}

/** What a program prints, which ends by itself, with 0, and has nothing to complain of. */
async function printedBy(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  // a user's program has no test runner round it
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
  const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env: { ...env, ...environment } })
  expect(stderr).toBe('')
  return stdout
}

describe.skipIf(unbuilt.length > 0)('installed packages', () => {
  test.each(
    engines.flatMap(
      (engine) =>
        [
          ['ES modules', engine, ['program.mjs']],
          ['CommonJS', engine, ['program.cjs']],
          ['TypeScript, run by tsx,', engine, ['--import', 'tsx', 'program.ts']],
        ] as const,
    ),
  )('a program in %s on the %s engine runs bodies in threads and processes, and ends', async (_, engine, args) => {
    expect(await printedBy(args, { ENGINE: engine })).toBe(`${engine}
thread 42 false true
process 42 true false
triple in a thread 42
triple in a process 42
`)
  })

  test('the example of docs/lanes.md prints what stands below it', async () => {
    const page = await readFile(join(packages, '../docs/lanes.md'), 'utf8')
    const example = await mkdtemp(join(folder, 'lanes-'))
    const blocks = [...page.matchAll(/```(js|text)\n(?:\/\/ (\S+)\n)?([^]*?)```/g)]
    await Promise.all(blocks.flatMap(([, , name, code = '']) => (name ? [writeFile(join(example, name), code)] : [])))
    expect(await printedBy([join(example, 'program.mjs')])).toBe(blocks.find(([, kind]) => kind === 'text')?.[3])
  })

  test('bodies that do not get there are errors that name the file, the export, or the variable and its line', async () => {
    const file = (name: string): string => pathToFileURL(join(folder, name)).href
    const errors = [
      `task 'nowhere': module ${file('nowhere.mjs')} is not there; give module: import.meta.url of the module`,
      `task 'resise': ${file('no-task.mjs')} defines no such task and exports no function of that name: it exports resize and tasks are defined as nothing; resise (line 4) is not exported`,
      `task 'throws': module ${file('throws.mjs')} did not load in the thread or process of the task: no licence (line 2)`,
      `task 'taken': its function takes from outside what does not travel to another thread or process: taken (line 3)`,
    ]
    const printed = (await printedBy(['mistakes.mjs'])).trimEnd().split('\n')
    const expected = ['thread', 'process'].flatMap((lane) =>
      errors.map((error) => `${lane} TaskDefinitionError: ${error}`),
    )
    expect(printed.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected)
  })
})
