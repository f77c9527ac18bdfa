// For which machines C is compiled, and by what. Here it may take its time: the build waits for it.
import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compilerFlags } from '../toolchain/flags.ts'
import { makeTemporaryFolder } from '../toolchain/temporary-folder.ts'
import type { Environment } from '../toolchain/find-compiler.ts'

/**
 * By target, `process.platform` and `process.arch` as in `linux-arm64`: the C compiler, with words that it is always told, such
 * as `aarch64-linux-gnu-gcc` or `clang --target=aarch64-linux-gnu`.
 */
export type Targets = Readonly<Record<string, string>>

export const hostTarget: string = `${process.platform}-${process.arch}`

const run = promisify(execFile)
const MOST_MS = 120_000

export interface BuiltLibrary {
  readonly bytes: Uint8Array
  /** The first line of what the compiler says of itself. */
  readonly compiler: string
}

/** The machine of the build, with CATZILLA_CC or the first of cc, gcc and clang that answers. */
export async function hostTargets(env: Environment): Promise<Targets> {
  const asked = env['CATZILLA_CC']
  const names = asked === undefined || asked === '' ? ['cc', 'gcc', 'clang'] : [asked]
  for (const name of names) if ((await versionOf(name)) !== undefined) return { [hostTarget]: name }
  return {}
}

async function versionOf(command: string): Promise<string | undefined> {
  const [file = '', ...words] = command.split(/\s+/)
  try {
    const { stdout } = await run(file, [...words, '--version'], { timeout: MOST_MS })
    return stdout.split('\n', 1)[0]
  } catch {
    return undefined
  }
}

/** @throws Error with what the compiler said */
export async function buildLibrary(
  c: string,
  target: string,
  command: string,
  includeFolder: string,
): Promise<BuiltLibrary> {
  const compiler = await versionOf(command)
  if (compiler === undefined) throw new Error(`${command} does not answer to --version`)
  const [file = '', ...words] = command.split(/\s+/)
  const [platform = ''] = target.split('-')
  const folder = await makeTemporaryFolder([tmpdir()], 'catzilla-build-')
  try {
    const [source, library] = [join(folder, 'bodies.c'), join(folder, 'bodies.so')]
    await writeFile(source, c)
    const flags = [...compilerFlags(platform), '-I', includeFolder, '-o', library, source]
    await run(file, [...words, ...flags], { timeout: MOST_MS })
    return { bytes: await readFile(library), compiler }
  } catch (thrown) {
    const { stderr, message } = thrown as Error & { readonly stderr?: string }
    throw new Error((stderr === undefined || stderr === '' ? message : stderr).slice(0, 2000), { cause: thrown })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
