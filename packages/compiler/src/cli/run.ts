// catzilla explain <files>            which functions are compiled, and what blocks the others
// catzilla compile <files> --out dir  the compiled ones, ready to be run: manifest, C, libraries, and a module to import
// A file that cannot be read is named with its reason, and the others are looked at all the same.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { prebuild } from '../build/prebuild.ts'
import type { Targets } from '../build/targets.ts'
import { importedConstants, namesInFunctions } from '../module/imported-constants.ts'
import type { ParsedModule } from '../module/imported-constants.ts'
import { moduleFunctions } from '../module/module-functions.ts'
import type { ModuleFunction } from '../module/module-functions.ts'
import { parseModule } from '../module/parse-module.ts'
import { candidatesOf, filesOf } from './emit.ts'
import type { Explained } from './explain.ts'
import { explain, explainTable } from './explain.ts'

const usage = `catzilla explain <files>
catzilla compile <files> --out <folder> [--target linux-arm64=aarch64-linux-gnu-gcc]...
`

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
}

interface Asked {
  readonly command: 'explain' | 'compile'
  readonly files: readonly string[]
  readonly out: string
  readonly targets: Targets | undefined
}

/** @returns the exit code: 0, or 1 when a file could not be read or written, or 2 when the command was not understood */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<0 | 1 | 2> {
  const { print, complain } = surroundings
  if (['--help', '-h', 'help'].includes(args[0] ?? '')) {
    print(usage)
    return 0
  }
  const asked = understood(args)
  if (typeof asked === 'string') {
    complain(`catzilla: ${asked}\n${usage}`)
    return 2
  }
  const rows: Explained[] = []
  let failed = false
  for (const file of asked.files) {
    try {
      rows.push(...explain(file, await functionsIn(file)))
    } catch (error) {
      failed = true
      complain(`catzilla: ${reasonOf(error, file)}\n`)
    }
  }
  print(explainTable(rows))
  if (asked.command === 'explain' || failed) {
    if (asked.command === 'compile') complain('catzilla: nothing is written, since not every file could be read\n')
    return failed ? 1 : 0
  }
  try {
    await write(asked.out, rows, asked.targets, surroundings)
    return 0
  } catch (error) {
    complain(`catzilla: ${reasonOf(error, asked.out)}: name a folder that can be written to with --out\n`)
    return 1
  }
}

/** What is asked for, or what is wrong with how it is asked. */
function understood(args: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string', default: 'catzilla-compiled' },
        target: { type: 'string', multiple: true, default: [] },
      },
    })
    const [command = '', ...files] = positionals
    if (command !== 'explain' && command !== 'compile') return `there is no command ${JSON.stringify(command)}`
    if (files.length === 0) return `${command} which files?`
    const targets = targetsIn(values.target)
    if (targets === undefined) return `--target ${values.target.join(' ')} is not a target and its C compiler`
    return { command, files, out: values.out, targets: values.target.length === 0 ? undefined : targets }
  } catch (error) {
    return (error as Error).message
  }
}

/** One line, which names the file. */
function reasonOf(error: unknown, file: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `${file}: there is no such file`
  if (code === 'EISDIR') return `${file} is a folder: name the files in it`
  return message.includes(file) ? message : `${file}: ${message}`
}

/** Undefined: one of them is no target and its compiler. */
function targetsIn(given: readonly string[]): Targets | undefined {
  const pairs = given.map((each) => /^([a-z0-9]+-[a-z0-9]+)=(.+)$/.exec(each))
  if (pairs.includes(null)) return undefined
  return Object.fromEntries(pairs.map((each) => [each?.[1] ?? '', each?.[2] ?? '']))
}

async function functionsIn(file: string): Promise<ModuleFunction[]> {
  const module = await parseModule(file, await readFile(file, 'utf8'))
  return moduleFunctions(
    module.text,
    module.program,
    await importedConstants(module, loadBeside, namesInFunctions(module.program)),
  )
}

/** Modules that are named by the way to their file. */
async function loadBeside(specifier: string, from: string): Promise<ParsedModule | undefined> {
  if (!specifier.startsWith('.')) return undefined
  const id = resolve(dirname(from), specifier)
  const text = await readFile(id, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseModule(id, text)
}

async function write(
  folder: string,
  rows: readonly Explained[],
  targets: Targets | undefined,
  { env, print, complain }: Surroundings,
): Promise<void> {
  const built = await prebuild(candidatesOf(rows), { targets, env })
  await mkdir(folder, { recursive: true })
  for (const { file, bytes } of filesOf(built)) await writeFile(join(folder, file), bytes)
  const { bodies, libraries } = built.manifest
  const where = libraries.map(({ target }) => target).join(', ') || 'the interpreter in C'
  print(`${bodies.length} are ready in ${folder}, for ${where}: import ${join(folder, 'index.mjs')} first\n`)
  for (const problem of built.problems) complain(`catzilla: ${problem}\n`)
}
