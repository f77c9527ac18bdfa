// Other people's packages, as they are installed here.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What is in `node_modules/.pnpm`: a folder for each version, with the files as they were published.
 * @returns {{ dir: string, manifest: any }[]} each version once
 */
export function installedPackages(root) {
  const store = join(root, 'node_modules', '.pnpm')
  const found = new Map()
  for (const entry of readdirSync(store)) {
    // `@koa+router@15.7.0_koa@3.3.0`: a scope, a name, a version, and perhaps the peers it was installed with
    const name = /^(@[^+]+\+)?[^@]+(?=@)/.exec(entry)?.[0].replace('+', '/')
    const dir = join(store, entry, 'node_modules', name ?? '.')
    if (name === undefined || !existsSync(join(dir, 'package.json'))) continue
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
    found.set(`${name}@${manifest.version}`, { dir, manifest })
  }
  return [...found.values()]
}
