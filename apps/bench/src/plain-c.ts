// The library of plain C loops and of the plain ring, compiled where it can be.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type PlainLibrary = { readonly path: string } | { readonly missing: string }

// the sources and the bundle lie equally deep
const sources = ['plain_loops.c', 'plain_ring.c'].map((name) =>
  fileURLToPath(new URL(`../csrc/${name}`, import.meta.url)),
)
const outFolder = fileURLToPath(new URL('../out/', import.meta.url))
/** As the kernels that come with the engine are compiled. */
const flags = ['-std=c11', '-O3', '-ffp-contract=off', '-shared', '-fPIC', '-pthread']

/** Compiles the library; the reason when there is no compiler. */
export function buildPlainLibrary(): PlainLibrary {
  const compiler = [process.env['CC'], 'cc', 'gcc', 'clang'].find((name) => {
    return name !== undefined && name !== '' && spawnSync(name, ['--version']).status === 0
  })
  if (compiler === undefined) return { missing: 'there is no C compiler' }
  const core = dirname(createRequire(import.meta.url).resolve('@catzilla/core-c/package.json'))
  mkdirSync(outFolder, { recursive: true })
  const path = join(outFolder, 'plain_loops.so')
  const args = [...flags, '-I', join(core, 'include'), ...sources, '-o', path]
  const { status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${compiler} could not compile ${sources.join(', ')}: ${stderr}`)
  return { path }
}
