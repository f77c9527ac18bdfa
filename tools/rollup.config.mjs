// One rollup configuration for every package: it reads the `exports` of the package in the current directory and
// builds each door as ESM, CommonJS and declarations of both kinds.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dts } from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'

// Chunks carry a hash in their name: without this, those of earlier builds would stay and be published.
rmSync('dist', { recursive: true, force: true })

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const dependencies = ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((field) =>
  Object.keys(manifest[field] ?? {}),
)

/** `{ conformance: 'src/conformance/index.ts' }` for a door whose ESM file is ./dist/conformance.js. */
function doors() {
  const entries = {}
  for (const door of Object.values(manifest.exports)) {
    const name = /^\.\/dist\/(.+)\.js$/.exec(door.import?.default ?? '')?.[1]
    if (name) entries[name] = door['@catzilla/source']
  }
  return entries
}

/** Files that are loaded by path and not imported: `"catzilla": { "workers": ["thread-worker"] }` in package.json. */
function workers() {
  const entries = {}
  for (const path of manifest.catzilla?.workers ?? []) {
    const source = `src/${path}.ts`
    if (!existsSync(source)) throw new Error(`${manifest.name}: the worker ${source} does not exist`)
    entries[path.split('/').at(-1)] = source
  }
  return entries
}

/** Anything neither ours nor declared would be bundled silently; rollup warns of it, and each warning is an error. */
function external(id) {
  return isBuiltin(id) || dependencies.some((name) => id === name || id.startsWith(`${name}/`))
}

function onwarn(warning) {
  throw new Error(`${warning.code}: ${warning.message}`)
}

/** Types may refer to each other in a circle, values may not: only the declarations are spared that warning. */
function onDeclarationWarning(warning) {
  if (warning.code !== 'CIRCULAR_DEPENDENCY') onwarn(warning)
}

function output(format, extension) {
  return {
    dir: 'dist',
    format,
    entryFileNames: `[name].${extension}`,
    // Beside the doors: `new URL('./worker.js', import.meta.url)` then means the same in every file.
    chunkFileNames: `chunk-[hash].${extension}`,
    // The sources are published beside dist, and the maps name them: no need to have them twice.
    sourcemapExcludeSources: true,
  }
}

const javascript = { external, onwarn, plugins: [esbuild({ target: 'node20', sourceMap: true })] }

export default [
  // A worker is one ESM file beside index.js and index.cjs; both load it.
  { ...javascript, input: { ...doors(), ...workers() }, output: { ...output('esm', 'js'), sourcemap: true } },
  { ...javascript, input: doors(), output: { ...output('cjs', 'cjs'), sourcemap: true, exports: 'named' } },
  {
    input: doors(),
    external,
    onwarn: onDeclarationWarning,
    plugins: [dts()],
    output: [output('esm', 'd.ts'), output('cjs', 'd.cts')],
  },
]
