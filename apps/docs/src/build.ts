// `npm run docs`: the site, into apps/docs/dist. Fails on links that lead nowhere.
import { join } from 'node:path'
import { build } from 'vitepress'
import { root } from './documents.ts'
import { deadLinks } from './site/dead-links.ts'
import { gather } from './site/gather.ts'
import { writeReference } from './site/reference.ts'

const folder = join(root, 'apps/docs/dist')

gather()
console.log('making the API reference from the docstrings')
await writeReference()
await build(join(root, 'apps/docs/site'))
const dead = deadLinks(folder)
for (const link of dead) console.error(`leads nowhere: ${link}`)
if (dead.length > 0) process.exitCode = 1
else console.log(`the site is in ${folder}`)
