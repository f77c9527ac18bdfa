// `npm run docs:dev`: the site as it is being written. A document that is saved is shown anew at once.
import { watch } from 'node:fs'
import { join, posix } from 'node:path'
import { createServer } from 'vitepress'
import { root } from './documents.ts'
import { bring, gather } from './site/gather.ts'
import { pageOf } from './site/addresses.ts'
import { writeReference } from './site/reference.ts'

gather()
console.log('making the API reference from the docstrings')
await writeReference()

const folders = new Set([...pageOf.keys()].map((path) => posix.dirname(path)))
for (const folder of folders) {
  watch(join(root, folder), (_, name) => {
    if (name?.endsWith('.md') === true) bring(posix.join(folder, name))
  })
}

const server = await createServer(join(root, 'apps/docs/site'), { host: '127.0.0.1' })
await server.listen()
server.printUrls()
