// A registry on this machine, for tests of what users install: our packages as they were packed, and of other people's
// exactly those versions that this repository has installed. It needs no network. Whoever has a token may publish.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
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
  // who installs on a busy machine may ask again later than a server waits by default: that would be a broken connection
  Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 })
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
  if (request.method === 'PUT') return await take(shelf, name, request, response)
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

/** One version of a package, as npm sends it: its manifest, and the tarball in base64 beside it. */
async function take(shelf, name, request, response) {
  const say = (status, error) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(error ? { error } : {}))
  if (!request.headers.authorization?.startsWith('Bearer ')) return say(401, 'publishing needs a token')
  const { versions, _attachments: attachments } = await json(request)
  const [[version, manifest]] = Object.entries(versions)
  const known = shelf.get(name) ?? []
  if (known.some((offer) => offer.manifest.version === version)) return say(403, `there is a ${name}@${version}`)
  const [{ data }] = Object.values(attachments)
  shelf.set(name, [...known, { manifest, tarball: async () => Buffer.from(data, 'base64') }])
  return say(201)
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
