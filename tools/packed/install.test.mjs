// Every package, packed and installed into empty projects of each kind: its doors open, the first program of the README runs,
// on the native engine where there is a binary for this machine and on the TypeScript engine where there is none.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { execute } from './execute.mjs'
import { installAndRun } from './install.mjs'
import { hasBinary, packAll, platformPackageHere, platformPackages, publicPackages } from './pack.mjs'
import { projects, watchedProgram } from './projects.mjs'
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

test('what is installed watches a server in a terminal, and has panels and alerts for Grafana', async () => {
  const project = join(folder, 'npm-ESM')
  await writeFile(join(project, 'watched.mjs'), watchedProgram)
  const server = spawn(process.execPath, ['watched.mjs'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(server, 'exit')
  try {
    const [url] = await once(createInterface(server.stdout), 'line')
    const command = join(project, 'node_modules', '.bin', 'catzilla-monitor')
    const look = JSON.parse(await execute(project, [command, 'top', url, '--once', '--json']))
    expect(look).toMatchObject({ stats: { names: { hello: { completed: 1 } } }, health: { healthy: true } })
  } finally {
    server.kill()
    await ended
  }
  const grafana = join(project, 'node_modules', '@catzilla', 'monitor', 'grafana')
  expect(JSON.parse(await readFile(join(grafana, 'catzilla.dashboard.json'), 'utf8')).panels).not.toEqual([])
  expect(await readFile(join(grafana, 'catzilla.alerts.yaml'), 'utf8')).toContain('alert: ')
})

test('the dashboard names whose code it has inside', async () => {
  const dashboard = join(folder, 'npm-ESM', 'node_modules', '@catzilla', 'monitor', 'dashboard')
  const licences = await readFile(join(dashboard, 'licences.md'), 'utf8')
  const { dependencies } = JSON.parse(await readFile(join(root, 'apps', 'dashboard', 'package.json'), 'utf8'))
  const bundled = Object.keys(dependencies).filter((name) => !name.startsWith('@catzilla/'))
  expect(bundled.filter((name) => !licences.includes(`## ${name} - `))).toEqual([])
})
