// Run when a release is published: writes into each manifest which repository it comes from, which the registry compares with
// the statement of provenance. It is not committed, so that whoever takes the repository elsewhere has nothing to change.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { shown } from '../checks/workspace.mjs'
import { platformPackages, publicPackages } from '../packed/pack.mjs'

/** @param {string} url such as `https://github.com/owner/name` */
export function nameRepository(root, url) {
  for (const { dir } of [...publicPackages(root), ...platformPackages(root)]) {
    const file = join(dir, 'package.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8'))
    const repository = { type: 'git', url: `git+${url}.git`, directory: shown(root, dir) }
    writeFileSync(file, `${JSON.stringify({ ...manifest, repository }, undefined, 2)}\n`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env
  nameRepository(fileURLToPath(new URL('../..', import.meta.url)), `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`)
}
