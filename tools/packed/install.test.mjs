// Every package, packed and installed into empty projects of each kind: its doors open, the first program of the README runs,
// on the native engine where there is a binary for this machine and on the TypeScript engine where there is none.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installAndRun } from './install.mjs'
import { hasBinary, packAll, platformPackageHere, platformPackages, publicPackages } from './pack.mjs'
import { projects } from './projects.mjs'
import { startRegistry } from './registry.mjs'
import { reportOf } from './report.mjs'
import { billOfMaterials } from './sbom.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const packages = publicPackages(root)
const outcomes = new Map()
let folder
let registry

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catzilla packed '))
  const packed = await packAll(root, join(folder, 'tarballs'))
  // a registry knows those for other platforms too
  registry = await startRegistry(root, [...platformPackages(root), ...packed])
})

afterAll(async () => {
  await registry?.close()
  await rm(folder, { recursive: true, force: true })
  const report = reportOf(packages, outcomes)
  console.log(report)
  await writeFile(join(root, '.cache', 'install-matrix.md'), report)
})

describe.each(projects)('$name', (project) => {
  const native = project.binary && project.only === undefined && hasBinary(root)

  test('installs, opens every door, and says hello', async () => {
    registry.without(native ? [] : [platformPackageHere()])
    const place = { root, packages, registry: registry.url, folder: join(folder, project.name.replaceAll(/\W+/g, '-')) }
    const outcome = await installAndRun(place, project)
    outcomes.set(project, outcome)
    expect(outcome.hello).toBe('Hello, Ada\n')
    expect(outcome.crc).toBe(3421780262)
    expect(Object.entries(outcome.doors).filter(([, names]) => names === 0)).toEqual([])
    expect(outcome.engine).toBe(native ? 'native' : 'typescript')
    expect(JSON.stringify(outcome.passedOver)).toContain(native ? '[]' : '@catzilla/core-c')
  })
})

test('a bill of materials names every package with its licence', async () => {
  const bill = await billOfMaterials(join(folder, 'npm-ESM'), registry.url)
  const licences = new Map(bill.components.map(({ name, licenses }) => [name, licenses?.[0]?.license?.id]))
  expect(packages.filter(({ name }) => licences.get(name) !== 'MIT').map(({ name }) => name)).toEqual([])
  expect([...licences].filter(([, licence]) => licence === undefined)).toEqual([])
  expect(JSON.stringify(bill)).not.toContain('127.0.0.1')
})

test('the dashboard names whose code it has inside', async () => {
  const dashboard = join(folder, 'npm-ESM', 'node_modules', '@catzilla', 'monitor', 'dashboard')
  const licences = await readFile(join(dashboard, 'licences.md'), 'utf8')
  const { dependencies } = JSON.parse(await readFile(join(root, 'apps', 'dashboard', 'package.json'), 'utf8'))
  const bundled = Object.keys(dependencies).filter((name) => !name.startsWith('@catzilla/'))
  expect(bundled.filter((name) => !licences.includes(`## ${name} - `))).toEqual([])
})
