// Compilers that are shell scripts, and folders that are gone after the tests of a file.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { includeFolder, loadCore, type NativeCore } from '@catzilla/core-c'
import { afterAll, describe } from 'vitest'
import { Toolchain, type ToolchainOptions } from '../../src/toolchain/toolchain.ts'

const { core, source } = loadCore()
if (core === undefined) console.warn(`tests of the toolchain are skipped: ${source}`)

export const describeNative: typeof describe.skip = core === undefined ? describe.skip : describe

/** `describe` for what needs a C compiler too. */
export const describeCompiling: typeof describe.skip =
  core === undefined || spawnSync('cc', ['--version']).status !== 0 ? describe.skip : describe

export function theCore(): NativeCore {
  if (core === undefined) throw new Error(source)
  return core
}

const root = mkdtempSync(join(tmpdir(), 'catzilla-toolchain-'))
const toolchains: Toolchain[] = []
let folders = 0

afterAll(() => {
  for (const toolchain of toolchains) toolchain.close()
  rmSync(root, { recursive: true, force: true })
})

export function newFolder(): string {
  const folder = join(root, String(++folders))
  mkdirSync(folder, { mode: 0o700 })
  return folder
}

/** A program of this name in a folder of its own; the path of the folder. */
export function folderWith(name: string, script: string, mode = 0o755): string {
  const folder = newFolder()
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), mode)
  return folder
}

/** A compiler that has a version, and otherwise does what the script says. */
export const fakeCompiler = (script: string): string =>
  join(folderWith('cc', `[ "$1" = --version ] && { echo fake 1.0; exit 0; }\n${script}`), 'cc')

/** With a cache of its own. */
export function newToolchain(options: Partial<ToolchainOptions> = {}): Toolchain {
  const env = { PATH: process.env['PATH'], CATZILLA_CACHE: newFolder(), ...options.env }
  const made = new Toolchain({ core: theCore(), includeFolder, ...options, env })
  toolchains.push(made)
  return made
}

/** C of a body that multiplies its argument. */
export const times = (factor: number, symbol = 'body'): string => `#include "ctz/program_ops.h"
CTZ_DEFINE_BODY_ABI
CTZ_EXPORT int ${symbol}(ctz_run *run, const ctz_register *args, ctz_register *results) {
  results[0].n = ctz_op_f64_mul(run, args[0].n, ${factor}.0);
  return 1;
}
`
