// Who may import whom. Between members only public doors are used, only those of the table, and only what the member's
// package.json declares.
import { isBuiltin } from 'node:module'
import { dirname, join, resolve, sep } from 'node:path'
import { importsOf } from './imports.mjs'
import { filesBelow, isScript, members, shown } from './workspace.mjs'

/**
 * The table. A member absent from it fails the check, so that a new one is placed by decision.
 * `value`: may be imported; `type`: only with `import type`; `late`: only with `import()` or `require()`, for what may not
 * be installed; `lateFile`: and that in this file alone.
 * @type {Record<string, { value?: string[], type?: string[], late?: string[], lateFile?: string }>}
 */
export const layers = {
  '@catzilla/test-kit': {},
  '@catzilla/core-c': {},
  '@catzilla/compiler': { value: ['@catzilla/core-c'] },
  '@catzilla/engine': { late: ['@catzilla/core-c'], lateFile: 'src/native/load-core.ts' },
  '@catzilla/durable': { value: ['@catzilla/engine'] },
  // its tests trace it
  '@catzilla/engine-bullmq': { value: ['@catzilla/engine'], type: ['@catzilla/monitor'] },
  '@catzilla/api': {
    value: ['@catzilla/engine'],
    late: ['@catzilla/compiler', '@catzilla/durable', '@catzilla/monitor'],
  },
  '@catzilla/workflow': { value: ['@catzilla/api'] },
  '@catzilla/monitor': { type: ['@catzilla/engine'] },
  // of workflows it knows the shape alone; its tests run it on the package
  '@catzilla/http-adapters': { value: ['@catzilla/api'], late: ['@catzilla/monitor'], type: ['@catzilla/workflow'] },
  // types alone; its tests run it on the packages
  '@catzilla/dashboard': {
    type: ['@catzilla/monitor', '@catzilla/api', '@catzilla/http-adapters', '@catzilla/workflow'],
  },
  '@catzilla/demo': {
    value: ['@catzilla/api', '@catzilla/monitor', '@catzilla/workflow', '@catzilla/http-adapters'],
    late: ['@catzilla/engine-bullmq'],
  },
  '@catzilla/examples': {
    value: [
      '@catzilla/api',
      '@catzilla/compiler',
      '@catzilla/core-c',
      '@catzilla/durable',
      '@catzilla/http-adapters',
      '@catzilla/monitor',
      '@catzilla/workflow',
    ],
  },
  // shows and runs what the packages' documents say
  '@catzilla/docs': {
    value: [
      '@catzilla/api',
      '@catzilla/compiler',
      '@catzilla/core-c',
      '@catzilla/durable',
      '@catzilla/engine',
      '@catzilla/engine-bullmq',
      '@catzilla/http-adapters',
      '@catzilla/monitor',
      '@catzilla/workflow',
    ],
  },
  '@catzilla/bench': {
    value: [
      '@catzilla/api',
      '@catzilla/compiler',
      '@catzilla/core-c',
      '@catzilla/engine',
      '@catzilla/durable',
      '@catzilla/engine-bullmq',
      '@catzilla/http-adapters',
      '@catzilla/monitor',
      '@catzilla/workflow',
    ],
  },
}

/** What the tests of any member may import, and no other file. */
const testKit = '@catzilla/test-kit'

/** Doors for tests; no other source file of a package goes through them. */
const testDoors = new Set(['testing', 'conformance'])

export function checkLayers(root, table = layers) {
  const all = members(root)
  const context = { root, table, byName: new Map(all.map((member) => [member.manifest.name, member])) }
  return all.flatMap((member) => {
    const { name } = member.manifest
    if (!Object.hasOwn(table, name)) return [`${shown(root, member.dir)}: ${name} is not in the table of layers`]
    return [
      ...manifestProblems(context, member),
      ...filesBelow(member.dir)
        .filter(isScript)
        .flatMap((path) => fileProblems(context, member, path)),
    ]
  })
}

/** The package.json must keep to the table too, and name our packages by the workspace protocol. */
function manifestProblems({ root, table, byName }, { dir, manifest }) {
  const where = `${shown(root, dir)}/package.json`
  const allowed = table[manifest.name]
  const problems = []
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(manifest[field] ?? {})) {
      if (!byName.has(name)) continue
      if (kindAllowed(allowed, name) === undefined)
        problems.push(`${where}: ${manifest.name} may not depend on ${name}`)
      if (!range.startsWith('workspace:')) problems.push(`${where}: ${name} is not asked for by "workspace:"`)
      const optional = field === 'optionalDependencies' || manifest.peerDependenciesMeta?.[name]?.optional
      if (allowed.late?.includes(name) && !optional) problems.push(`${where}: ${name} must be optional`)
    }
  }
  return problems
}

function fileProblems(context, member, path) {
  const inSource = path.startsWith(join(member.dir, 'src') + sep)
  return importsOf(path).flatMap((found) => {
    const problem = importProblem(context, member, path, inSource, found)
    return problem ? [`${shown(context.root, path)}:${found.line}: ${problem}`] : []
  })
}

function importProblem(context, member, path, inSource, found) {
  const { specifier } = found
  if (isBuiltin(specifier)) return undefined
  if (specifier.startsWith('.') || specifier.startsWith('/')) return relativeProblem(member, path, inSource, specifier)
  const name = packageOf(specifier)
  if (name === member.manifest.name) return doorProblem(member, specifier)
  return (
    declarationProblem(member, name, inSource) ??
    (context.byName.has(name) || name.startsWith('@catzilla/')
      ? layerProblem(context, member, path, inSource, found)
      : undefined)
  )
}

function relativeProblem(member, path, inSource, specifier) {
  const target = resolve(dirname(path), specifier)
  if (!target.startsWith(member.dir + sep)) return `${specifier} reaches out of ${member.manifest.name}`
  if (inSource && !target.startsWith(join(member.dir, 'src') + sep)) return `${specifier} reaches out of src`
  return undefined
}

function layerProblem({ table, byName }, member, path, inSource, { specifier, kind }) {
  const { name } = member.manifest
  const target = packageOf(specifier)
  if (target === testKit) return inSource ? `${target} is for tests` : doorProblem(byName.get(target), specifier)
  const allowed = kindAllowed(table[name], target)
  if (allowed === undefined) return `${name} may not import ${target}`
  if (inSource && kind === 'value' && allowed === 'type') return `${name} may import only types of ${target}`
  if (inSource && allowed === 'late') {
    if (kind === 'value') return `${name} may load ${target} only by import() or require()`
    const { lateFile } = table[name]
    if (kind === 'late' && lateFile !== undefined && path !== join(member.dir, lateFile)) {
      return `${name} may load ${target} only in ${lateFile}`
    }
  }
  const door = specifier.slice(target.length + 1)
  if (testDoors.has(door) && inSource && member.kind === 'package' && !isForTests(member, path)) {
    return `${specifier} is for tests`
  }
  return byName.has(target) ? doorProblem(byName.get(target), specifier) : undefined
}

function isForTests(member, path) {
  const [first] = path.slice(join(member.dir, 'src').length + 1).split(sep)
  return testDoors.has(first.replace(/\.\w+$/, ''))
}

function doorProblem({ manifest }, specifier) {
  const door = `.${specifier.slice(manifest.name.length)}`
  return Object.hasOwn(manifest.exports ?? {}, door)
    ? undefined
    : `${specifier} is not a public door of ${manifest.name}`
}

function declarationProblem({ manifest }, name, inSource) {
  const fields = ['dependencies', 'peerDependencies', 'optionalDependencies']
  if (!inSource) fields.push('devDependencies')
  if (fields.some((field) => Object.hasOwn(manifest[field] ?? {}, name))) return undefined
  // The root provides the test runner to every test.
  if (!inSource && name === 'vitest') return undefined
  return `${name} is not declared in the package.json of ${manifest.name}`
}

function kindAllowed(allowed, name) {
  return ['value', 'type', 'late'].find((kind) => allowed[kind]?.includes(name))
}

function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
