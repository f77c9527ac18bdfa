// The licences of other people's packages: what users install, or get inside of ours, is free of conditions that would reach
// their code; what only builds and tests may be more, if its row says why.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installedPackages } from './installed.mjs'
import { members } from './workspace.mjs'

/** Licences that ask for no more than to be named. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
])

/** Apps whose build is published inside of a package: what they depend on is in it. */
const bundledApps = ['@catzilla/dashboard']

/**
 * Packages with another licence, and why they may be used here. None of them is installed by users.
 * @type {Record<string, string>}
 */
export const exceptions = {
  '@iconify-json/simple-icons': 'CC0-1.0: given to all; under the generator of the documentation',
  argparse: 'Python-2.0: permissive; under a tool that reads YAML',
  'axe-core': 'MPL-2.0: runs in tests of the dashboard, unchanged',
  lightningcss: 'MPL-2.0: minifies CSS when the dashboard is built, unchanged',
  pako: 'MIT and Zlib, both permissive; under a tool',
  'rollup-plugin-dts': 'LGPL-3.0: bundles declarations when packages are built, unchanged',
  'robust-predicates': 'Unlicense: given to all; under the charts of the benchmarks',
  spawndamnit: 'names a file that has the MIT licence; under changesets',
}

export function checkLicences(root, excepted = exceptions) {
  const shipped = shippedPackages(root)
  const used = new Set()
  const problems = installedPackages(root).flatMap(({ manifest }) => {
    const { name, version } = manifest
    const licence = licenceOf(manifest)
    if (isPermissive(licence)) return []
    if (shipped.has(`${name}@${version}`)) return [`${name}@${version}: users would install ${licence}`]
    // `lightningcss-linux-x64-gnu` is the binary of lightningcss
    const row = Object.keys(excepted).find((known) => name === known || name.startsWith(`${known}-`))
    if (row === undefined) return [`${name}@${version}: ${licence} is no licence that this check knows`]
    used.add(row)
    return []
  })
  const idle = Object.keys(excepted).filter((name) => !used.has(name))
  return [...problems, ...idle.map((name) => `${name} needs no exception in tools/checks/licences.mjs`)]
}

/** `name@version` of all packages that come with ours, by following what each depends on. */
function shippedPackages(root) {
  const found = new Set()
  const follow = (dir, manifest) => {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const folder = name.startsWith('@catzilla/') ? undefined : resolveFrom(dir, name)
      // ours are followed by themselves, and what is for another platform is not installed
      if (folder === undefined) continue
      const dependency = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const id = `${name}@${dependency.version}`
      if (found.has(id)) continue
      found.add(id)
      follow(folder, dependency)
    }
  }
  const shipping = members(root).filter(
    ({ kind, manifest }) => kind === 'package' || bundledApps.includes(manifest.name),
  )
  for (const { dir, manifest } of shipping) follow(dir, manifest)
  return found
}

/** Where Node would find a package: in the nearest `node_modules` that has it. */
function resolveFrom(dir, name) {
  const candidate = join(dir, 'node_modules', name)
  if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
  return dirname(dir) === dir ? undefined : resolveFrom(dirname(dir), name)
}

function licenceOf({ license, licenses }) {
  if (typeof license === 'string') return license
  const old = [license ?? licenses ?? []].flat().map(({ type }) => type)
  return old.length > 0 ? old.join(' AND ') : 'no licence'
}

/** `(BSD-2-Clause OR MIT)`: one of several is enough, of those joined by AND all are needed. */
function isPermissive(expression) {
  const alternatives = expression.replaceAll(/[()]/g, '').split(' OR ')
  return alternatives.some((one) => one.split(' AND ').every((name) => permissive.has(name.trim())))
}
