// What tests of built applications need: the packages, the core, and a C compiler.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { nativeMissing } from './engines.ts'

const isBuilt = ['api', 'compiler'].every((name) =>
  existsSync(join(import.meta.dirname, '../..', name, 'dist/index.js')),
)
const hasCompiler = spawnSync('cc', ['--version']).status === 0

/** Why they cannot run; undefined: they can. */
export const buildMissing: string | undefined = !isBuilt
  ? 'the packages are not built'
  : hasCompiler
    ? nativeMissing
    : 'there is no C compiler'
