// The way to a release, on a copy of the manifests: changesets gives all packages one version and writes their changelogs.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { members } from '../checks/workspace.mjs'
import { platformPackages, publicPackages } from '../packed/pack.mjs'
import { copyManifests, raiseVersions } from './copy-workspace.mjs'
import { nameRepository } from './name-repository.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
let copy

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'catzilla-release-'))
  copyManifests(root, copy)
  raiseVersions(root, copy)
})

afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('every package has the same new version, the platform packages too', () => {
  const released = [...publicPackages(copy), ...platformPackages(copy)]
  expect(released.length).toBe(publicPackages(root).length + platformPackages(root).length)
  const [before] = publicPackages(root)
  const versions = new Set(released.map(({ manifest }) => manifest.version))
  expect(versions.size).toBe(1)
  expect([...versions][0]).not.toBe(before.manifest.version)
  // no breaking change is announced, so nobody's peers make it one
  expect([...versions][0].split('.')[0]).toBe(before.manifest.version.split('.')[0])
})

test('what was written for users stands in the changelogs', () => {
  const logs = publicPackages(copy).map(({ dir }) => readFileSync(join(dir, 'CHANGELOG.md'), 'utf8'))
  const changes = readdirSync(join(root, '.changeset')).filter((name) => /^(?!README).*\.md$/.test(name))
  const lost = changes.filter((change) => {
    const [, , text] = readFileSync(join(root, '.changeset', change), 'utf8').split(/^---$/m)
    const [beginning] = text.trim().split('\n')
    return !logs.some((log) => log.includes(beginning))
  })
  expect(lost).toEqual([])
  expect(readdirSync(join(copy, '.changeset'))).toEqual(['config.json'])
})

test('apps and examples keep their version, and packages are still asked for by the workspace', () => {
  const own = members(copy).filter(({ manifest }) => manifest.private)
  expect(new Set(own.map(({ manifest }) => manifest.version))).toEqual(new Set(['0.0.0']))
  const asked = members(copy).flatMap(({ manifest }) =>
    Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies }),
  )
  const fixed = asked.filter(([name, range]) => name.startsWith('@catzilla/') && !range.startsWith('workspace:'))
  expect(fixed).toEqual([])
})

test('the release builds a binary for every platform package', () => {
  const workflow = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')
  const built = [...workflow.matchAll(/triple: ([\w-]+)/g)].map(([, triple]) => `@catzilla/core-c-${triple}`)
  expect(new Set(built)).toEqual(new Set(platformPackages(root).map(({ name }) => name)))
})

test('each manifest can be told which repository it comes from', () => {
  nameRepository(copy, 'https://example.org/owner/name')
  const [api] = publicPackages(copy)
  expect(api.manifest.repository).toEqual({
    type: 'git',
    url: 'git+https://example.org/owner/name.git',
    directory: 'packages/api',
  })
})
