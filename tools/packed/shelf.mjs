// What the registry on this machine has to offer: by name, the versions with their manifests and how to get their tarballs.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { create, list } from 'tar'

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

/** What is in `node_modules/.pnpm`: a folder for each version, with the files as they were published. @returns {Shelf} */
export function installedShelf(root) {
  const store = join(root, 'node_modules', '.pnpm')
  const shelf = new Map()
  for (const entry of readdirSync(store)) {
    // `@koa+router@15.7.0_koa@3.3.0`: a scope, a name, a version, and perhaps the peers it was installed with
    const name = /^(@[^+]+\+)?[^@]+(?=@)/.exec(entry)?.[0].replace('+', '/')
    const dir = join(store, entry, 'node_modules', name ?? '.')
    if (name === undefined || !existsSync(join(dir, 'package.json'))) continue
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
    const versions = shelf.get(name) ?? []
    if (versions.some((known) => known.manifest.version === manifest.version)) continue
    const offer = { manifest, tarball: once(async () => tarballOf(dir)) }
    shelf.set(name, [...versions, offer].toSorted(byVersion))
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
