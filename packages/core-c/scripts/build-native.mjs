#!/usr/bin/env node
// Compiles build/Release/core.node with cmake-js: for this repository, and as `npx catzilla-core-c-build` for users on a
// platform without a prebuilt binary. Further arguments go to cmake-js, such as `--CDCATZILLA_ALLOC=mimalloc`.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const args = process.argv.slice(2)

const { CATZILLA_NO_NATIVE: reason } = process.env
if (reason) {
  console.warn(`@catzilla/core-c: not compiled: ${reason}`)
} else {
  compile()
}

function compile() {
  const out = args.includes('--out') ? [] : ['--out', join(root, 'build')]
  // cmake-js would look for Visual Studio
  const named = args.some((arg) => /^(-G|--generator)/.test(arg)) || process.platform !== 'win32'
  const generator = named ? [] : ['--generator', 'MinGW Makefiles']
  const ran = spawnSync(process.execPath, [cmakeJs(), 'compile', '--directory', root, ...out, ...generator, ...args], {
    stdio: 'inherit',
    cwd: root,
  })
  if (ran.error) throw ran.error
  process.exitCode = ran.status ?? 1
}

function cmakeJs() {
  const require = createRequire(join(root, 'package.json'))
  try {
    require.resolve('node-addon-api/package.json')
    return join(dirname(require.resolve('cmake-js/package.json')), 'bin', 'cmake-js')
  } catch {
    return fail('compiling needs two packages: npm install --save-dev cmake-js node-addon-api')
  }
}

function fail(text) {
  console.error(`@catzilla/core-c: ${text}`)
  process.exit(1)
}
