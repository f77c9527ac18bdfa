// The repository as a release works on it, in a folder of its own, so that tests may raise versions and publish.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { members, shown } from '../checks/workspace.mjs'
import { platformPackages, publicPackages } from '../packed/pack.mjs'

/** What comes with a package whether its manifest names it or not, and what runs before it is packed. */
const always = ['LICENSE', 'README.md', 'scripts']

/** Where a manifest names other packages. */
const asked = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/**
 * The manifests, the changesets, and a commit that has them.
 * @param {string} root
 * @param {string} copy an empty folder
 */
export function copyManifests(root, copy) {
  const manifests = [...members(root), ...platformPackages(root)].map(({ dir }) =>
    join(shown(root, dir), 'package.json'),
  )
  for (const path of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset', ...manifests]) {
    cpSync(join(root, path), join(copy, path), { recursive: true })
  }
  git(copy, 'init', '--quiet', '--initial-branch=main')
  git(copy, 'config', 'user.name', 'test')
  git(copy, 'config', 'user.email', 'test@example.org')
  git(copy, 'add', '.')
  git(copy, 'commit', '--quiet', '--message=copy')
}

/** What is published of each package, and the links between packages by which pnpm finds their versions. */
export function copyContents(root, copy) {
  // what only tests use has a version too, which is asked for as a package is published
  const linked = [...members(root), ...platformPackages(root)]
  const folders = new Map(linked.map(({ dir, manifest }) => [manifest.name, join(copy, shown(root, dir))]))
  for (const { name, dir, manifest } of [...publicPackages(root), ...platformPackages(root)]) {
    const to = folders.get(name)
    for (const file of [...manifest.files, ...always].filter((path) => existsSync(join(dir, path)))) {
      cpSync(join(dir, file), join(to, file), { recursive: true })
    }
    for (const other of new Set(asked.flatMap((kind) => Object.keys(manifest[kind] ?? {})))) {
      const target = folders.get(other)
      if (target === undefined) continue
      const link = join(to, 'node_modules', other)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(target, link, 'junction')
    }
  }
}

/** As `npm run version` does it. */
export function raiseVersions(root, copy) {
  execFileSync(process.execPath, [changesets(root), 'version'], { cwd: copy })
}

/** The program of changesets. */
export function changesets(root) {
  return join(root, 'node_modules', '@changesets', 'cli', 'bin.js')
}

/** @returns {string} what git prints */
export function git(copy, ...args) {
  return execFileSync('git', args, { cwd: copy, encoding: 'utf8' })
}
