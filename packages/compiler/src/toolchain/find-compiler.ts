// Which C compiler there is.
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { failureOf, outputOf, type Jobs } from './jobs.ts'

export interface Compiler {
  /** Absolute. */
  readonly path: string
  /** The first line of what it says about itself. */
  readonly version: string
}

/** Why something is not there, in words. */
export interface Missing {
  readonly reason: string
}

export type Environment = Readonly<Record<string, string | undefined>>

const names = ['cc', 'gcc', 'clang']
const versionTimeoutMs = 30_000

/** CATZILLA_CC, a path or a name, and no other; without it the first of cc, gcc and clang on the PATH that answers. */
export async function findCompiler(jobs: Jobs, env: Environment): Promise<Compiler | Missing> {
  if (jobs.missing !== null) return { reason: jobs.missing }
  const asked = env['CATZILLA_CC']
  if (asked !== undefined && asked !== '') {
    const [path] = isAbsolute(asked) ? [asked] : await onPath(asked, env)
    return path === undefined
      ? { reason: `CATZILLA_CC names ${asked}, and no program of that name is on the PATH` }
      : askVersion(jobs, path, env)
  }
  const failures: string[] = []
  for (const name of names) {
    for (const path of await onPath(name, env)) {
      const found = await askVersion(jobs, path, env)
      if (!('reason' in found)) return found
      failures.push(found.reason)
    }
  }
  return {
    reason:
      failures.length === 0
        ? `there is no C compiler: none of ${names.join(', ')} is on the PATH, and CATZILLA_CC names none`
        : `no C compiler works: ${failures.join('; ')}`,
  }
}

/** All that a program is given of the environment. */
export const environmentOf = (env: Environment, folder?: string): string[] => [
  `PATH=${env['PATH'] ?? '/usr/bin:/bin'}`,
  'LC_ALL=C',
  ...(folder === undefined ? [] : [`TMPDIR=${folder}`]),
]

async function onPath(name: string, env: Environment): Promise<string[]> {
  const found: string[] = []
  if (name.includes('/')) return found
  // a relative folder would depend on where the process happens to be
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name)
    if (await isProgram(path)) found.push(path)
  }
  return found
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

async function askVersion(jobs: Jobs, path: string, env: Environment): Promise<Compiler | Missing> {
  const args = [path, '--version']
  const job = await jobs.run({ file: path, args, env: environmentOf(env), timeoutMs: versionTimeoutMs })
  const failure = failureOf(args.join(' '), job)
  if (failure !== undefined) return { reason: failure }
  const [version = ''] = outputOf(job).split('\n', 1)
  return version === '' ? { reason: `${path} does not say what it is` } : { path, version }
}
