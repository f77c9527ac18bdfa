// Every door of every package has the same sides, each pointing at a file that exists or will be built, and the package
// carries the licence: pnpm does not add that of the root when it packs.
// (That the built files are right is the work of publint and attw, `npm run check:pkg`.)
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { members, shown } from './workspace.mjs'

export function checkExports(root) {
  return members(root)
    .filter(({ kind }) => kind === 'package')
    .flatMap(({ dir, manifest }) => {
      const where = `${shown(root, dir)}/package.json`
      const doors = Object.entries(manifest.exports ?? {})
      const problems = doors.flatMap(([door, target]) => doorProblems(dir, door, target))
      if (!Object.hasOwn(manifest.exports ?? {}, './package.json')) problems.push('no door "./package.json"')
      if (!existsSync(join(dir, 'LICENSE'))) problems.push('no LICENSE beside it')
      problems.push(...platformProblems(dir, manifest))
      return problems.map((problem) => `${where}: ${problem}`)
    })
}

/**
 * The packages in npm/ carry a binary each, for the platform in their name. The package above them asks for all of them,
 * in its own version, as options: an installer takes the one that fits.
 */
function platformProblems(dir, manifest) {
  const folder = join(dir, 'npm')
  const triples = existsSync(folder) ? readdirSync(folder) : []
  const asked = Object.keys(manifest.optionalDependencies ?? {}).filter((name) => name.startsWith(`${manifest.name}-`))
  return [
    ...asked
      .filter((name) => !triples.includes(name.slice(manifest.name.length + 1)))
      .map((name) => `${name} has no folder in npm/`),
    ...triples.flatMap((triple) => {
      const name = `${manifest.name}-${triple}`
      const own = JSON.parse(readFileSync(join(folder, triple, 'package.json'), 'utf8'))
      const [os, cpu, libc] = triple.split('-')
      const fits = {
        name,
        version: manifest.version,
        os: [os],
        cpu: [cpu],
        libc: libc && [{ gnu: 'glibc' }[libc] ?? libc],
      }
      return [
        ...(manifest.optionalDependencies?.[name] === 'workspace:*'
          ? []
          : [`${name} is not asked for as "workspace:*"`]),
        ...(existsSync(join(folder, triple, 'LICENSE')) ? [] : [`npm/${triple} has no LICENSE`]),
        ...Object.entries(fits)
          .filter(([field, value]) => JSON.stringify(own[field]) !== JSON.stringify(value))
          .map(([field, value]) => `npm/${triple}: ${field} should be ${JSON.stringify(value)}`),
      ]
    }),
  ]
}

function doorProblems(dir, door, target) {
  if (door === './package.json') return []
  if (door.includes('*')) return [`door "${door}" is a pattern: it would open every file`]
  const source = target['@catzilla/source']
  if (typeof source !== 'string') return [`door "${door}" has no "@catzilla/source"`]
  const name = door === '.' ? 'index' : door.slice(2)
  const expected = {
    '@catzilla/source': source,
    import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
    require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
  }
  const problems = []
  if (JSON.stringify(target) !== JSON.stringify(expected)) {
    problems.push(`door "${door}" should be ${JSON.stringify(expected)}`)
  }
  if (!existsSync(join(dir, source))) problems.push(`door "${door}": ${source} does not exist`)
  return problems
}
