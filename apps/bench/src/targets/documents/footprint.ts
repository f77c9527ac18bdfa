// Memory of processes and all below them, as Linux tells it: what each has for itself, and what they share once. Pages
// that programs of others map too, such as those of node itself, count in full: they are there because of us as well.
import { readFileSync, readdirSync } from 'node:fs'

/** Why it cannot be told here. */
export function missingFootprint(): string | undefined {
  try {
    pagesOf('self')
    return undefined
  } catch {
    return 'memory of processes is told by Linux alone (/proc/self/smaps_rollup)'
  }
}

/** MiB of these processes and all below them together. @throws Error where Linux does not tell */
export function footprintMb(roots: readonly number[]): number {
  const parents = parentOf()
  const below = [...parents.keys()].filter((pid) => isBelow(pid, roots, parents))
  const pages = below.flatMap((pid) => pagesWhileThere(pid) ?? [])
  const own = pages.reduce((sum, { ownKib }) => sum + ownKib, 0)
  return (own + Math.max(0, ...pages.map(({ sharedKib }) => sharedKib))) / 1024
}

function isBelow(pid: number, roots: readonly number[], parents: ReadonlyMap<number, number>): boolean {
  for (let each: number | undefined = pid; each !== undefined; each = parents.get(each)) {
    if (roots.includes(each)) return true
  }
  return false
}

function parentOf(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]))
    } catch {
      // it has ended meanwhile
    }
  }
  return parents
}

interface Pages {
  readonly ownKib: number
  readonly sharedKib: number
}

/** Undefined: it has ended since it was listed, and has no memory any more. */
function pagesWhileThere(pid: number): Pages | undefined {
  try {
    return pagesOf(String(pid))
  } catch (thrown) {
    if (hasEnded(pid)) return undefined
    throw thrown
  }
}

/** Also where nobody has taken note of it yet. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

function pagesOf(pid: string): Pages {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kib = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]
    if (found === undefined) throw new Error(`${name} of process ${pid} is not told`)
    return Number(found)
  }
  const own = kib('Private_Clean') + kib('Private_Dirty')
  return { ownKib: own, sharedKib: kib('Rss') - own }
}
