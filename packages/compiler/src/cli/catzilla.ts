// catzilla explain <files>            which functions are compiled, and what blocks the others
// catzilla compile <files> --out dir  the compiled ones as C, with a manifest
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ModuleFunction } from '../module/module-functions.ts'
import { moduleFunctions } from '../module/module-functions.ts'
import type { SyntaxNode } from '../module/syntax-node.ts'
import { emitFiles } from './emit.ts'
import type { Explained } from './explain.ts'
import { explain, explainTable } from './explain.ts'

const usage = 'catzilla explain <files>\ncatzilla compile <files> --out <folder>\n'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: 'string', default: 'catzilla-compiled' } },
  })
  const [command, ...files] = positionals
  if ((command !== 'explain' && command !== 'compile') || files.length === 0) {
    process.stderr.write(usage)
    return 2
  }
  const rows: Explained[] = []
  for (const file of files) rows.push(...explain(file, await functionsIn(file)))
  process.stdout.write(explainTable(rows))
  if (command === 'compile') await write(values.out, rows)
  return 0
}

async function functionsIn(file: string): Promise<ModuleFunction[]> {
  const { parseSync } = await import('oxc-parser').catch((cause: unknown) => {
    throw new Error('catzilla reads modules with oxc-parser: npm install --save-dev oxc-parser', { cause })
  })
  const text = await readFile(file, 'utf8')
  const { program, errors } = parseSync(file, text)
  const [error] = errors
  if (error !== undefined) throw new SyntaxError(`${file}: ${error.message}`)
  return moduleFunctions(text, program as unknown as SyntaxNode)
}

async function write(folder: string, rows: readonly Explained[]): Promise<void> {
  const { c, manifest } = emitFiles(rows)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'bodies.c'), c)
  await writeFile(join(folder, 'manifest.json'), manifest)
}
