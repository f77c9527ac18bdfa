// Finds the compiled engine: nothing when it is switched off, else the first that loads of the binary that was asked for,
// the one compiled in this package, and the prebuilt one for this platform.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { chooseExactMath } from './exact-math.ts'
import type { NativeCore } from './native-core.ts'
import { libcOf, platformName, prebuiltPackage, type Platform } from './platform.ts'

/** What was found, and what was tried before. */
export interface CoreLoad {
  readonly core: NativeCore | undefined
  /** Where the core came from, or in one sentence why there is none. */
  readonly source: string
  /** One line for every binary that was tried and did not load. */
  readonly errors: readonly string[]
}

/** What loading takes from its surroundings; given in tests. */
export interface LoadCoreOptions extends Partial<Platform> {
  /** CATZILLA_NATIVE=off switches the core off; CATZILLA_NATIVE_PATH names a binary to try first. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Loads a binary by its path or the name of its package; throws when that fails. */
  readonly require?: (id: string) => unknown
  /** Where `catzilla-core-c-build` puts its binary; undefined when it was not run. */
  readonly localBuild?: string | undefined
}

const localBinary = fileURLToPath(new URL('../build/Release/core.node', import.meta.url))

/** Whoever switches it off has a reason: other words for it are not passed over. */
const switchedOff = /^(?:off|false|no|0)$/i

let loaded: CoreLoad | undefined

/**
 * The compiled engine, or the reasons why there is none; it never throws. Without options the answer is that of the first
 * call in this process.
 * @example
 * const { core, source, errors } = loadCore()
 */
export function loadCore(options?: LoadCoreOptions): CoreLoad {
  if (options !== undefined) return load(options)
  loaded ??= load({})
  return loaded
}

function load(options: LoadCoreOptions): CoreLoad {
  const { env = process.env, require = createRequire(import.meta.url) } = options
  if (switchedOff.test(env['CATZILLA_NATIVE'] ?? ''))
    return { core: undefined, source: 'CATZILLA_NATIVE is off', errors: [] }
  const errors: string[] = []
  const candidates = candidatesOf(env, options)
  for (const [source, id] of candidates) {
    try {
      return { core: checked(require(id)), source: `${source} ${id}`, errors }
    } catch (thrown) {
      errors.push(`${source} ${id}: ${firstLine(thrown)}`)
    }
  }
  const tried = candidates.length === 0 ? `there is none for ${platformName(platformOf(options))}` : errors.join('; ')
  return { core: undefined, source: `no native core: ${tried}`, errors }
}

/** Pairs of a word for the source and the id to load, in order. */
function candidatesOf(
  env: Readonly<Record<string, string | undefined>>,
  options: LoadCoreOptions,
): readonly (readonly [string, string])[] {
  const asked = env['CATZILLA_NATIVE_PATH']
  const local = 'localBuild' in options ? options.localBuild : existsSync(localBinary) ? localBinary : undefined
  const packageName = prebuiltPackage(platformOf(options))
  return [
    ...(asked === undefined || asked === '' ? [] : [['CATZILLA_NATIVE_PATH', asked] as const]),
    ...(local === undefined ? [] : [['local build', local] as const]),
    ...(packageName === undefined ? [] : [['prebuilt', packageName] as const]),
  ]
}

function platformOf({ platform = process.platform, arch = process.arch, libc }: LoadCoreOptions): Platform {
  return { platform, arch, libc: libc ?? (platform === 'linux' ? libcOf() : 'glibc') }
}

function checked(binary: unknown): NativeCore {
  if (typeof (binary as Partial<NativeCore> | null | undefined)?.createEngine !== 'function')
    throw new TypeError('it is no binary of @catzilla/core-c')
  const core = binary as NativeCore
  core.programs.testMathBy((name) => chooseExactMath(core.programs, name))
  return core
}

function firstLine(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).split('\n', 1)[0] ?? ''
}
