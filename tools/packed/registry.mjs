// A registry on this machine, for tests of what users install: our packages as they were packed, and of other people's
// exactly those versions that this repository has installed. It needs no network.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { installedShelf, ownShelf } from './shelf.mjs'

/**
 * @param {string} root of this repository, with its dependencies installed
 * @param {{ name: string, manifest: any, file?: string }[]} ours what is published; without `file`, known by name alone, as
 * binaries for other platforms are
 * @returns {Promise<{ url: string, without: (names: string[]) => void, close: () => Promise<void> }>} `without` hides
 * packages from then on
 */
export async function startRegistry(root, ours) {
  const shelf = new Map([...installedShelf(root), ...(await ownShelf(ours))])
  let hidden = new Set()
  const server = createServer((request, response) => {
    answer(shelf, hidden, request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    without: (names) => (hidden = new Set(names)),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

async function answer(shelf, hidden, request, response) {
  const base = `http://${request.headers.host}/`
  const [name, file] = decodeURIComponent(new URL(request.url, base).pathname.slice(1)).split('/-/')
  const versions = hidden.has(name) ? undefined : shelf.get(name)
  if (versions === undefined) return response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  if (file !== undefined) {
    const wanted = versions.find(({ manifest }) => tarballName(manifest) === file)
    if (wanted === undefined) return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(await wanted.tarball())
  }
  const described = await Promise.all(versions.map((one) => describe(one, `${base}${name}/-/`)))
  const document = {
    name,
    'dist-tags': { latest: described.at(-1).version },
    versions: Object.fromEntries(described.map((one) => [one.version, one])),
  }
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

async function describe({ manifest, tarball }, folder) {
  const bytes = await tarball()
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  return { ...manifest, dist: { tarball: folder + tarballName(manifest), integrity } }
}

/** `api-1.2.3.tgz`, as the public registry has it. */
function tarballName({ name, version }) {
  return `${name.split('/').at(-1)}-${version}.tgz`
}
