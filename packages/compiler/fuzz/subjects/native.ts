// Tier 2: the C of many programs as one shared object, compiled as tier 2 compiles it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { NativePrograms } from '@catzilla/core-c'
import { cLibrary, type Compiled } from '../../src/index.ts'
import { compilerFlags } from '../../src/toolchain/flags.ts'
import { corePrograms } from '../core-programs.ts'
import type { Prepared, Subject } from '../oracle.ts'
import { compiled, opened } from './interpreted.ts'

const compiler = process.env['CC'] ?? 'cc'
const headers = join(dirname(createRequire(import.meta.url).resolve('@catzilla/core-c/package.json')), 'include')
const flags = compilerFlags(process.platform)

/** Flags that are to break something, for proofs that this is found. */
const extra = (process.env['CATZILLA_FUZZ_CFLAGS'] ?? '').split(' ').filter(Boolean)

export const hasCompiler: boolean = spawnSync(compiler, ['--version']).status === 0

export function openNative(): Subject {
  const programs = corePrograms()
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-fuzz-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  let made = 0
  return {
    name: 'C',
    prepare: (all) => {
      const answers = all.map((program) => compiled(program))
      const bodies = answers.flatMap((answer, index) => ('ok' in answer ? [answer.c(symbolOf(index))] : []))
      const library = bodies.length === 0 ? undefined : build(join(folder, `bodies-${++made}.so`), bodies)
      return answers.map((answer, index) => ('ok' in answer ? load(programs, answer, library, index) : answer))
    },
  }
}

const symbolOf = (index: number): string => `body_${index}`

interface Library {
  readonly path: string
  readonly problem?: string
}

function build(path: string, bodies: readonly string[]): Library {
  writeFileSync(`${path}.c`, cLibrary(bodies))
  const ran = spawnSync(compiler, [...flags, ...extra, '-I', headers, '-o', path, `${path}.c`], { encoding: 'utf8' })
  rmSync(`${path}.c`)
  return ran.status === 0 ? { path } : { path, problem: `the C does not compile: ${ran.stderr.slice(0, 2000)}` }
}

function load(programs: NativePrograms, answer: Compiled, library: Library | undefined, index: number): Prepared {
  if (library?.problem !== undefined) return { broken: library.problem }
  return opened(programs, answer, (native) => native.useBody(library?.path ?? '', symbolOf(index)))
}
