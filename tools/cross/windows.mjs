// `node tools/cross/windows.mjs NODE`: compiles the C engine for Windows, and runs in wine its tests in C and, by a Node
// for Windows, a program on it, the tests of the binding, and the conformance suite.
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { buildFolder, buildForWindows } from './build-windows.mjs'
import { linksIn } from './wine/links.mjs'
import { emulator } from './windows-tools.mjs'
import { insideWine, urlInsideWine, Wine } from './wine/wine.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const examples = join(buildFolder, 'Release')
const tests = 'packages/core-c/test'
const [node] = process.argv.slice(2)

process.chdir(root)
// in one build: what is tested in C is what is loaded
buildForWindows({
  CMAKE_CROSSCOMPILING_EMULATOR: join(root, 'tools/cross/wine/emulator.sh'),
  CATZILLA_BUILD_TESTS: 'ON',
})

const links = join(buildFolder, 'links.json')
writeFileSync(links, JSON.stringify(linksIn(root)))
buildSync({ entryPoints: [join(tests, 'port-client.ts')], outfile: join(examples, 'port-client.mjs'), format: 'esm' })
// a program of another name, as Electron is
const renamed = join(buildFolder, 'host.exe')
copyFileSync(node, renamed)

const wine = new Wine(join(root, '.cache'), {
  CATZILLA_LINKS: insideWine(links),
  // where it was compiled: what is staged in its package goes away when packages are packed
  CATZILLA_NATIVE_PATH: insideWine(join(examples, 'core.node')),
  CATZILLA_EXAMPLES: insideWine(examples),
  // wine's turns between threads cost a hundred times as much
  CTZ_STRESS_SCALE: '0.005',
  NODE_OPTIONS: `--import=${hook('links-hook')}`,
})
const ofBinding = readdirSync(tests).filter((name) => name.endsWith('.test.ts'))
const ofBodies = ['compared-with-v8', 'numbers'].map((name) => `packages/compiler/test/${name}.test.ts`)

title('tests in C')
wine.run('ctest', ['--test-dir', buildFolder, '--output-on-failure', '--no-tests=error', '--parallel', '2'])
title('a program')
for (const program of [node, renamed]) wine.run(emulator, [program, 'tools/cross/program.mjs'])
title('tests of the binding, and of compiled bodies against V8')
const runner = ['--import', hook('vitest-hook'), 'tools/cross/wine/run-tests.mjs']
for (const file of [...ofBinding.map((name) => `${tests}/${name}`), ...ofBodies]) {
  wine.run(emulator, [node, ...runner, file])
}
title('conformance of the native engine')
wine.run(emulator, [node, '--test-reporter=dot', 'tools/cross/conformance.mjs'])
wine.close()

function hook(name) {
  return urlInsideWine(join(root, 'tools/cross/wine', `${name}.mjs`))
}

function title(text) {
  console.log(`windows: ${text}`)
}
