// Every `*.generated.*` file is what its generator writes today.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { committedFiles, isGenerated, shown } from './workspace.mjs'

/**
 * The generators: Node scripts that are run from the root, without arguments, and the files they write.
 * @type {{ script: string, writes: string[] }[]}
 */
export const generators = [
  { script: 'tools/generate/errors-doc.mjs', writes: ['docs/errors.generated.md'] },
  { script: 'tools/generate/options-doc.mjs', writes: ['docs/options.generated.md'] },
  { script: 'tools/generate/capabilities-doc.mjs', writes: ['docs/capabilities.generated.md'] },
  { script: 'tools/generate/opcodes.mjs', writes: ['packages/compiler/src/ir/opcodes.generated.ts'] },
  { script: 'tools/generate/compiled-constructs.mjs', writes: ['docs/compiled-constructs.generated.md'] },
  // from the results that are kept beside them, not from a new run
  {
    script: 'tools/generate/benchmarks.mjs',
    writes: [
      'README.md',
      'docs/benchmarks.md',
      'docs/benchmarks/comparisons.md',
      'docs/benchmarks/targets.md',
      ...readdirSync(new URL('../../docs/benchmarks/charts', import.meta.url)).map(
        (chart) => `docs/benchmarks/charts/${chart}`,
      ),
    ],
  },
]

export function checkGenerated(root, list = generators) {
  const known = new Set(list.flatMap(({ writes }) => writes))
  const orphans = committedFiles(root)
    .filter(isGenerated)
    .map((path) => shown(root, path))
    .filter((name) => !known.has(name))
    .map((name) => `${name}: no generator in tools/checks/generated.mjs writes it`)
  return [...orphans, ...list.flatMap((generator) => staleFiles(root, generator))]
}

/** Runs the generator in place and puts back what it changed: the check itself repairs nothing. */
function staleFiles(root, { script, writes }) {
  const before = writes.map((name) => textOf(join(root, name)))
  const ran = spawnSync(process.execPath, [script], { cwd: root, encoding: 'utf8' })
  const after = writes.map((name) => textOf(join(root, name)))
  writes.forEach((name, index) => restore(join(root, name), before[index], after[index]))
  if (ran.status !== 0) return [`${script}: failed: ${(ran.stderr || String(ran.error)).trim()}`]
  return writes
    .filter((_, index) => before[index] !== after[index])
    .map((name) => `${name}: stale, run \`node ${script}\``)
}

function textOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function restore(path, before, after) {
  if (before === after) return
  if (before === undefined) rmSync(path)
  else writeFileSync(path, before)
}
