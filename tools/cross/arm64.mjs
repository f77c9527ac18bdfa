// `node tools/cross/arm64.mjs NODE`: compiles the C engine for arm64, and has a Node for arm64 run a program on it.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stagePrebuilt } from '../../packages/core-c/scripts/stage-prebuilt.mjs'
import { compilers, emulator, libraries } from './arm64-tools.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const out = join(root, '.cache', 'core-c-arm64')
const [node] = process.argv.slice(2)

const target = ['--CDCMAKE_SYSTEM_NAME=Linux', '--CDCMAKE_SYSTEM_PROCESSOR=aarch64']
run([process.execPath, 'packages/core-c/scripts/build-native.mjs', '--out', out, ...target], compilers)
const binary = stagePrebuilt('linux-arm64-gnu', join(out, 'Release', 'core.node'))
run([process.execPath, '../../scripts/check-prebuilt.mjs'], {}, dirname(binary))
const environment = { QEMU_LD_PREFIX: libraries, CATZILLA_NATIVE_PATH: binary, CATZILLA_CC: 'none' }
run([emulator, node, 'tools/cross/program.mjs'], environment)

function run([program, ...args], told, cwd = root) {
  const ran = spawnSync(program, args, { cwd, env: { ...process.env, ...told }, stdio: 'inherit' })
  if (ran.error) throw ran.error
  if (ran.status !== 0) process.exit(ran.status ?? 1)
}
