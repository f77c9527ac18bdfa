// `node tools/cross/build-windows.mjs`: compiles the C engine for Windows, with MinGW-w64, and puts it into its package.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { stagePrebuilt } from '../../packages/core-c/scripts/stage-prebuilt.mjs'
import { compilers } from './windows-tools.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Where cmake works. */
export const buildFolder = join(root, '.cache', 'core-c-windows')

/**
 * @param {Record<string, string>} settings what else cmake is told
 * @returns {string} the binary in its package, with the look at it that a package gets
 */
export function buildForWindows(settings = {}) {
  const all = { CMAKE_SYSTEM_NAME: 'Windows', CMAKE_SYSTEM_PROCESSOR: 'AMD64', CATZILLA_WERROR: 'ON', ...settings }
  const told = Object.entries(all).map(([name, value]) => `--CD${name}=${value}`)
  run(root, ['packages/core-c/scripts/build-native.mjs', '--out', buildFolder, ...told])
  const binary = stagePrebuilt('win32-x64', join(buildFolder, 'Release', 'core.node'))
  run(dirname(binary), ['../../scripts/check-prebuilt.mjs'])
  return binary
}

function run(cwd, args) {
  const ran = spawnSync(process.execPath, args, { cwd, env: { ...process.env, ...compilers }, stdio: 'inherit' })
  if (ran.error) throw ran.error
  if (ran.status !== 0) process.exit(ran.status ?? 1)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(buildForWindows())
