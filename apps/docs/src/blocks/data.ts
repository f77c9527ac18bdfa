// Looks at blocks that are no programs: JSON and YAML are read, C is compiled.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { root } from '../documents.ts'
import type { Block } from '../page.ts'

/** The C compiler of this machine, as `CATZILLA_CC` names it; undefined where there is none. */
export const cCompiler: string | undefined = [process.env['CATZILLA_CC'], 'cc', 'gcc', 'clang'].find(
  (name) => name !== undefined && name !== '' && spawnSync(name, ['--version']).status === 0,
)

/** What is wrong with the block; undefined when nothing is. */
export function problemOfData({ language, code }: Block): string | undefined {
  if (language === 'json') return thrownBy(() => JSON.parse(code))
  if (language === 'yaml') return thrownBy(() => parseAllDocuments(code).forEach(refuseBroken))
  return language === 'c' && cCompiler !== undefined ? problemOfC(cCompiler, code) : undefined
}

function refuseBroken({ errors: [first] }: { readonly errors: readonly Error[] }): void {
  if (first !== undefined) throw first
}

function thrownBy(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return String(error)
  }
}

function problemOfC(compiler: string, code: string): string | undefined {
  const include = join(root, 'packages/core-c/include')
  const args = ['-std=c11', '-Wall', '-Werror', '-fsyntax-only', '-I', include, '-x', 'c', '-']
  const { status, stderr } = spawnSync(compiler, args, { input: code, encoding: 'utf8' })
  return status === 0 ? undefined : stderr
}
