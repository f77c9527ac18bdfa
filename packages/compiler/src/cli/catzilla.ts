// catzilla explain <files>            which functions are compiled, and what blocks the others
// catzilla compile <files> --out dir  the compiled ones, ready to be run: manifest, C, libraries, and a module to import
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

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'catzilla-compiled' },
      target: { type: 'string', multiple: true, default: [] },
    },
  })
  const [command, ...files] = positionals
  const targets = targetsIn(values.target)
  if ((command !== 'explain' && command !== 'compile') || files.length === 0 || targets === undefined) {
    process.stderr.write(usage)
    return 2
  }
  const rows: Explained[] = []
  for (const file of files) rows.push(...explain(file, await functionsIn(file)))
  process.stdout.write(explainTable(rows))
  if (command === 'compile') await write(values.out, rows, values.target.length === 0 ? undefined : targets)
  return 0
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

async function write(folder: string, rows: readonly Explained[], targets: Targets | undefined): Promise<void> {
  const built = await prebuild(candidatesOf(rows), { targets, env: process.env })
  await mkdir(folder, { recursive: true })
  for (const { file, bytes } of filesOf(built)) await writeFile(join(folder, file), bytes)
  const { bodies, libraries } = built.manifest
  const where = libraries.map(({ target }) => target).join(', ') || 'the interpreter in C'
  process.stdout.write(
    `${bodies.length} are ready in ${folder}, for ${where}: import ${join(folder, 'index.mjs')} first\n`,
  )
  for (const problem of built.problems) process.stderr.write(`catzilla: ${problem}\n`)
}
