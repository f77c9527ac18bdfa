// `node tools/asan-binding.mjs` compiles the addon with the address and undefined-behaviour sanitizers and runs the tests of the binding and random bodies on it, in Node.
// Warnings of the binding are errors here. Exits with 77 when that cannot be done on this machine, after saying why.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'packages', 'core-c')
const out = join(folder, 'build-asan-addon')
const binary = join(out, 'RelWithDebInfo', 'core.node')

if (process.env.CATZILLA_NO_NATIVE) skip(process.env.CATZILLA_NO_NATIVE)
if (process.platform !== 'linux') skip('the sanitizer is preloaded as on Linux')
const library = sanitizerLibrary()
if (library === undefined) skip('the compiler has no libasan.so')

const settings = ['-B', 'RelWithDebInfo', '--CDCATZILLA_SANITIZE=address;undefined', '--CDCATZILLA_WERROR=ON']
run([join(folder, 'scripts', 'build-native.mjs'), '--out', out, ...settings])
const sanitized = {
  ...process.env,
  CATZILLA_NATIVE_PATH: binary,
  LD_PRELOAD: library,
  // V8 keeps what it has until the end, and is not ours.
  ASAN_OPTIONS: 'detect_leaks=0',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
}
const loads = `require(${JSON.stringify(binary)}).createEngine ?? process.exit(1)`
run(['-e', loads], sanitized)
run([join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'core-c'], sanitized)
fuzz('1', 500)
fuzz('2', 40)

/** Random bodies, in the interpreter and as machine code, which is compiled with the sanitizers too. The seed is printed. */
function fuzz(tier, programs) {
  const options = ['--tier', tier, '--programs', String(programs), '--patience', '600']
  const flags = '-fsanitize=address,undefined -fno-sanitize-recover=undefined -lasan -lubsan'
  run([join(root, 'packages', 'compiler', 'fuzz', 'run.mjs'), ...options], {
    ...sanitized,
    CATZILLA_FUZZ_CFLAGS: flags,
  })
}

function sanitizerLibrary() {
  const [compiler, ...args] = (process.env.CC || 'cc').split(' ')
  const ran = spawnSync(compiler, [...args, '-print-file-name=libasan.so'], { encoding: 'utf8' })
  // A compiler that has no such file prints the bare name.
  const path = ran.stdout?.trim() ?? ''
  return path.startsWith('/') && existsSync(path) ? path : undefined
}

function run(args, env = process.env) {
  const ran = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
  if (ran.error) throw ran.error
  if (ran.status !== 0) process.exit(ran.status || 1)
}

function skip(reason) {
  console.log(`SKIPPED the binding under sanitizers: ${reason}`)
  process.exit(77)
}
