// One folder that a build left: its manifest and its libraries, each read once, when first needed.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { NativeCore, NativeLibrary } from '@catzilla/core-c'
import { parseManifest } from './manifest.ts'
import type { Manifest, ManifestBody } from './manifest.ts'

const outputs = new Map<string, BuildOutput>()

/** The one with this manifest, the same each time. */
export function buildOutputAt(manifest: URL): BuildOutput {
  const known = outputs.get(manifest.href) ?? new BuildOutput(manifest)
  outputs.set(manifest.href, known)
  return known
}

export interface Machine {
  readonly library: NativeLibrary
  /** The bodies were tried in it when it was built. */
  readonly tried: boolean
}

export class BuildOutput {
  readonly #url: URL
  #manifest: Manifest | Error | undefined
  #machine: Machine | Error | undefined

  constructor(url: URL) {
    this.#url = url
  }

  /** As people look for it. */
  get path(): string {
    return fileURLToPath(this.#url)
  }

  /** @throws Error that says why there is none */
  bodies(): readonly ManifestBody[] {
    return this.#read().bodies
  }

  #read(): Manifest {
    this.#manifest ??= attempt(() => {
      try {
        return parseManifest(readFileSync(this.#url, 'utf8'))
      } catch (thrown) {
        throw new Error(`the manifest ${this.path} cannot be read: ${(thrown as Error).message}`, { cause: thrown })
      }
    })
    return orThrow(this.#manifest)
  }

  /**
   * The library for this machine.
   * @throws Error that says why there is none, or why it is not believed
   */
  machine(core: NativeCore): Machine {
    this.#machine ??= attempt(() => this.#load(core))
    return orThrow(this.#machine)
  }

  #load(core: NativeCore): Machine {
    const target = `${process.platform}-${process.arch}`
    const { libraries } = this.#read()
    const found = libraries.find((each) => each.target === target)
    if (found === undefined) {
      const built = libraries.map((each) => each.target).join(', ') || 'no platform'
      throw new Error(`there is no machine code for ${target}, only for ${built}: name its C compiler in \`targets\``)
    }
    const file = new URL(found.file, this.#url)
    const bytes = readFileSync(file)
    // what is loaded runs: it is the library that was built, to the bit, or none
    if (createHash('sha256').update(bytes).digest('hex') !== found.sha256) {
      throw new Error(`the library ${fileURLToPath(file)} is not the one that was built`)
    }
    return { library: core.openLibrary(bytes), tried: found.tried }
  }
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work()
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
  }
}

function orThrow<T>(found: T | Error): T {
  if (found instanceof Error) throw found
  return found
}
