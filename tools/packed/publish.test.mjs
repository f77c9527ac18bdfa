// A release as the workflow makes it, from a copy of this repository to a registry on this machine: versions are raised, and
// every package is published. What was published is installed and runs.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changesets, copyContents, copyManifests, git, raiseVersions } from '../release/copy-workspace.mjs'
import { execute } from './execute.mjs'
import { installAndRun } from './install.mjs'
import { platformPackageHere, platformPackages, publicPackages, stagedPackages } from './pack.mjs'
import { projects } from './projects.mjs'
import { startRegistry } from './registry.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const staged = stagedPackages(root).map(({ name }) => name)
let folder
let copy
let registry
let said

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catzilla publish '))
  copy = join(folder, 'copy')
  registry = await startRegistry(root, [])
  copyManifests(root, copy)
  copyContents(root, copy)
  raiseVersions(root, copy)
  const userconfig = join(folder, '.npmrc')
  const { host } = new URL(registry.url)
  await writeFile(
    userconfig,
    [`//${host}/:_authToken=test`, `cache=${folder}/.cache`, 'update-notifier=false', ''].join('\n'),
  )
  const settings = { npm_config_registry: registry.url, npm_config_userconfig: userconfig }
  // it fails where a binary is missing, as a release would
  said = await execute(copy, [process.execPath, changesets(root), 'publish'], settings).catch(({ message }) => message)
})

afterAll(async () => {
  await registry?.close()
  await rm(folder, { recursive: true, force: true })
})

test('every package is published in its new version, and tagged', async () => {
  const expected = publicPackages(copy).map(({ name, manifest }) => `${name}@${manifest.version}`)
  for (const { name, manifest } of platformPackages(copy)) {
    if (staged.includes(name)) expected.push(`${name}@${manifest.version}`)
  }
  const found = await Promise.all(expected.map(published))
  if (found.includes(undefined)) throw new Error(said)
  expect(found).toEqual(expected)
  expect(new Set(git(copy, 'tag').split('\n').filter(Boolean))).toEqual(new Set(expected))
})

test('a platform package without its binary is not', async () => {
  const lacking = platformPackages(copy).filter(({ name }) => !staged.includes(name))
  for (const { name, manifest } of lacking) {
    expect(await published(`${name}@${manifest.version}`)).toBeUndefined()
    expect(said).toContain(`${name}: core.node is missing`)
  }
})

test('what is published names versions, not the workspace', async () => {
  const asked = await Promise.all(publicPackages(copy).map(async ({ name }) => (await latest(name)).manifest))
  const ranges = asked.flatMap((manifest) =>
    Object.values({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
  )
  expect(ranges.filter((range) => /^(workspace|catalog|link|file):/.test(range))).toEqual([])
  const scripts = asked.flatMap(({ scripts: own }) => Object.keys(own ?? {}))
  expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([])
})

test('it installs, and says hello', async () => {
  const project = { ...projects[0], name: 'npm, published' }
  const place = { root, packages: publicPackages(root), registry: registry.url, folder: join(folder, 'project') }
  const outcome = await installAndRun(place, project)
  expect(outcome).toMatchObject({
    hello: 'Hello, Ada\n',
    engine: staged.includes(platformPackageHere()) ? 'native' : 'typescript',
  })
})

/** @returns {Promise<string | undefined>} `name@version` as the registry has it */
async function published(spec) {
  const at = spec.lastIndexOf('@')
  const found = await latest(spec.slice(0, at))
  return found && `${found.manifest.name}@${found.manifest.version}`
}

/** The newest version that the registry has. */
async function latest(name) {
  const response = await fetch(registry.url + encodeURIComponent(name))
  if (!response.ok) return undefined
  const { 'dist-tags': tags, versions } = await response.json()
  return { manifest: versions[tags.latest] }
}
