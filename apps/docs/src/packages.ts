// The packages of the repository, and their doors.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './documents.ts'

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, { readonly '@catzilla/source'?: string }>>
}

export interface PublishedPackage {
  readonly name: string
  readonly dir: string
  readonly doors: readonly Door[]
}

/** A door: what is imported, and the source behind it. */
export interface Door {
  readonly specifier: string
  readonly source: string
}

export const packagesFolder: string = join(root, 'packages')

export const publishedPackages: readonly PublishedPackage[] = readdirSync(packagesFolder)
  .map((name) => join(packagesFolder, name))
  .filter((dir) => existsSync(join(dir, 'package.json')))
  .map((dir) => {
    const { name, exports = {} } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest
    const doors = Object.entries(exports).flatMap(([door, { '@catzilla/source': source }]) =>
      source === undefined ? [] : [{ specifier: `${name}${door.slice(1)}`, source: join(dir, source) }],
    )
    return { name, dir, doors }
  })

/** The doors of all packages. */
export const doors: readonly Door[] = publishedPackages.flatMap((each) => each.doors)
