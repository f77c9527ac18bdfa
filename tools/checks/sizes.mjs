// How much users download and load: no package outgrows its row in size-budget.json. Needs `npm run build`. Run by itself,
// `node tools/checks/sizes.mjs`, it shows the sizes of today.
import { buildSync } from 'esbuild'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { layers } from './layers.mjs'
import { members, shown } from './workspace.mjs'

/**
 * In bytes. `published`: all files of the package, each compressed. `loaded`: the JavaScript of its main door with all that it
 * imports at once from this package, minified and compressed.
 * @typedef {{ published: number, loaded: number }} Sizes
 */

const budgetFile = 'tools/checks/size-budget.json'

export function checkSizes(root, budget = JSON.parse(readFileSync(join(root, budgetFile), 'utf8'))) {
  const packages = members(root).filter(({ kind }) => kind === 'package')
  // the table of layers has the packages to come as well
  const gone = Object.keys(budget).filter((name) => !Object.hasOwn(layers, name))
  return [
    ...gone.map((name) => `${budgetFile}: there is no package ${name}`),
    ...packages.flatMap(({ dir, manifest }) => {
      if (!existsSync(join(dir, 'dist', 'index.js'))) return [`${shown(root, dir)}: not built: run "npm run build"`]
      const row = budget[manifest.name]
      if (row === undefined) return [`${budgetFile}: ${manifest.name} has no row`]
      return Object.entries(sizesOf(dir, manifest))
        .filter(([kind, bytes]) => !(bytes <= row[kind]))
        .map(
          ([kind, bytes]) =>
            `${manifest.name}: ${kind} are ${bytes} bytes, the budget is ${row[kind]}: raise it if that is meant`,
        )
    }),
  ]
}

/** @returns {Sizes} */
export function sizesOf(dir, manifest) {
  const published = ['package.json', 'README.md', 'LICENSE', ...(manifest.files ?? [])].flatMap((name) =>
    filesWithin(join(dir, name)),
  )
  const { outputFiles } = buildSync({
    entryPoints: [join(dir, 'dist', 'index.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
    logLevel: 'silent',
  })
  return {
    published: sum(published.map((path) => compressed(readFileSync(path)))),
    loaded: sum(outputFiles.map(({ contents }) => compressed(contents))),
  }
}

function compressed(bytes) {
  return gzipSync(bytes, { level: 9 }).length
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

function filesWithin(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path).flatMap((name) => filesWithin(join(path, name)))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const rows = members(root)
    .filter(({ kind }) => kind === 'package')
    .map(({ dir, manifest }) => [manifest.name, sizesOf(dir, manifest)])
  console.log(JSON.stringify(Object.fromEntries(rows), undefined, 2))
}
