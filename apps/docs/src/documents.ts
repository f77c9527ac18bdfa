// What people read of this repository, by paths from its root, with forward slashes.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

export const root: string = join(import.meta.dirname, '../../..')

/** Documents, and folders of documents; a star stands for any one folder. */
const places = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'docs',
  'examples/README.md',
  'packages/*/README.md',
  'packages/*/docs',
  'apps/*/README.md',
]

/** All documents, in a stable order. */
export function documents(): string[] {
  return places
    .flatMap(expanded)
    .flatMap((place) => {
      const kind = statSync(join(root, place), { throwIfNoEntry: false })
      if (kind === undefined) return []
      if (kind.isFile()) return [place]
      const names = readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
      return names.filter((name) => name.endsWith('.md')).map((name) => posix.join(place, name.replaceAll('\\', '/')))
    })
    .toSorted()
}

/** The text of a file of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function expanded(place: string): string[] {
  const [before, after] = place.split('/*/')
  if (before === undefined || after === undefined) return [place]
  return readdirSync(join(root, before)).map((name) => posix.join(before, name, after))
}
