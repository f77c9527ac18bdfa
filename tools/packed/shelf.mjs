// What the registry on this machine has to offer: by name, the versions with their manifests and how to get their tarballs.
import { readFileSync } from 'node:fs'
import { create, list } from 'tar'
import { installedPackages } from '../checks/installed.mjs'

/**
 * @typedef {{ manifest: any, tarball: () => Promise<Buffer> }} Offer one version of a package
 * @typedef {Map<string, Offer[]>} Shelf by name, oldest version first
 */

/** Our packages. One without a tarball is known by its manifest alone. @returns {Promise<Shelf>} */
export async function ownShelf(ours) {
  const offers = ours.map(async ({ name, manifest, file }) => {
    if (file === undefined) return [name, [{ manifest, tarball: async () => Buffer.alloc(0) }]]
    return [name, [{ manifest: await packedManifest(file), tarball: async () => readFileSync(file) }]]
  })
  return new Map(await Promise.all(offers))
}

/** Other people's packages, in the versions that are installed here. @returns {Shelf} */
export function installedShelf(root) {
  const shelf = new Map()
  for (const { dir, manifest } of installedPackages(root)) {
    const offer = { manifest, tarball: once(async () => tarballOf(dir)) }
    shelf.set(manifest.name, [...(shelf.get(manifest.name) ?? []), offer].toSorted(byVersion))
  }
  return shelf
}

/** The manifest inside a tarball: pnpm has put versions in where ours says `workspace:`. */
async function packedManifest(file) {
  const chunks = []
  const onReadEntry = (entry) => {
    if (entry.path === 'package/package.json') entry.on('data', (chunk) => chunks.push(chunk))
    else entry.resume()
  }
  await list({ file, onReadEntry })
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** pnpm keeps equal files once. A tarball is to have them as files, each by itself: npm ignores links in it. */
class NoLinks extends Map {
  set() {
    return this
  }
}

function tarballOf(dir) {
  const filter = (path) => !path.startsWith('./node_modules')
  const options = { cwd: dir, gzip: { level: 1 }, prefix: 'package', portable: true, linkCache: new NoLinks(), filter }
  return create({ ...options, sync: true }, ['.']).read()
}

function byVersion(a, b) {
  return a.manifest.version.localeCompare(b.manifest.version, 'en', { numeric: true })
}

function once(make) {
  let made
  return () => (made ??= make())
}
