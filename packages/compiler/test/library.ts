// Bodies in C, compiled as a library: what tier 2 does with them.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { cLibrary } from '../src/index.ts'

const compiler = process.env['CC'] ?? 'cc'
/** Whether there is a compiler here. */
export const hasCompiler: boolean = spawnSync(compiler, ['--version']).status === 0

const headers = join(dirname(createRequire(import.meta.url).resolve('@catzilla/core-c/package.json')), 'include')
const exact = ['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-fwrapv', '-fno-strict-aliasing']
const strict = [
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-unused-label',
  '-Wno-unused-parameter',
  '-Wno-unused-but-set-variable',
]
const folder = mkdtempSync(join(tmpdir(), 'catzilla-bodies-'))
let made = 0

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The path of a library of these bodies; it links nothing. */
export function libraryOf(bodies: readonly string[]): string {
  const library = join(folder, `bodies-${++made}.so`)
  writeFileSync(`${library}.c`, cLibrary(bodies))
  const flags = ['-O1', '-std=c11', '-shared', '-fPIC', '-nostdlib', '-nostartfiles', ...exact, ...strict]
  const ran = spawnSync(compiler, [...flags, '-I', headers, '-o', library, `${library}.c`], { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`the C does not compile:\n${ran.stderr}`)
  return library
}
