// The packages as they are published: every one is packed by pnpm, which turns `workspace:` and `catalog:` into versions.
// The binary that was compiled here goes into the package of this platform; those of other platforms have none to pack.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stagePrebuilt, tripleHere } from '../../packages/core-c/scripts/stage-prebuilt.mjs'
import { members } from '../checks/workspace.mjs'

const run = promisify(execFile)

/**
 * @typedef {{ name: string, dir: string, manifest: any, doors: string[] }} PublicPackage a package that is published
 * @typedef {PublicPackage & { file: string }} Packed and its tarball
 */

/** @returns {PublicPackage[]} without the packages of single platforms */
export function publicPackages(root) {
  return members(root)
    .filter(({ kind, manifest }) => kind === 'package' && !manifest.private)
    .map(({ dir, manifest }) => ({ name: manifest.name, dir, manifest, doors: doorsOf(manifest) }))
}

/** The packages that carry the binary for one platform each. @returns {PublicPackage[]} */
export function platformPackages(root) {
  const folder = join(root, 'packages', 'core-c', 'npm')
  return readdirSync(folder).map((triple) => {
    const dir = join(folder, triple)
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
    return { name: manifest.name, dir, manifest, doors: [] }
  })
}

/** The name of the package with the binary for this machine; it may not exist. */
export function platformPackageHere() {
  return `@catzilla/core-c-${tripleHere()}`
}

/** Whether the C engine was compiled here, so that the package of this platform can be packed. */
export function hasBinary(root) {
  return existsSync(join(root, 'packages', 'core-c', 'build', 'Release', 'core.node'))
}

/**
 * Packs everything that can be packed here into a folder: of the binaries, the one for this machine.
 * @returns {Promise<Packed[]>}
 */
export async function packAll(root, folder) {
  await mkdir(folder, { recursive: true })
  return await inPairs([...publicPackages(root), ...stagedPackages(root)], async (found) => {
    if (found.doors.length > 0 && !existsSync(join(found.dir, 'dist'))) {
      throw new Error(`${found.name} is not built: run "npm run build"`)
    }
    const { stdout } = await run('pnpm', ['pack', '--json', '--pack-destination', folder], { cwd: found.dir })
    const { filename } = JSON.parse(stdout.slice(stdout.indexOf('{')))
    return { ...found, file: filename }
  })
}

/**
 * The packages of platforms that have their binary: the one for this machine, if it was compiled here. What an earlier build
 * left is not to be packed. In a release, CATZILLA_STAGED says that all binaries are as they should be.
 * @returns {PublicPackage[]}
 */
export function stagedPackages(root) {
  const platforms = platformPackages(root)
  if (process.env.CATZILLA_STAGED === undefined) {
    const here = platforms.filter(({ name }) => name === platformPackageHere() && hasBinary(root))
    for (const { dir } of platforms.filter((one) => !here.includes(one)))
      rmSync(join(dir, 'core.node'), { force: true })
    if (here.length > 0) stagePrebuilt()
  }
  return platforms.filter(({ dir }) => existsSync(join(dir, 'core.node')))
}

/** `['.', './extend']`, as programs can ask for them. */
function doorsOf(manifest) {
  return Object.entries(manifest.exports ?? {})
    .filter(([, target]) => typeof target === 'object')
    .map(([door]) => manifest.name + door.slice(1))
}

/** Two at a time: each is a process of its own. */
async function inPairs(items, work) {
  const results = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index])
    }
  }
  await Promise.all([worker(), worker()])
  return results
}
