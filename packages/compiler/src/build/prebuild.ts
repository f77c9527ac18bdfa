// From compiled bodies to what stands beside a built application: programs, C, and libraries for the machines asked for.
import { createHash } from 'node:crypto'
import type { NativeCore, NativeLibrary } from '@catzilla/core-c'
import type { Compiled } from '../compile-function.ts'
import { cLibrary } from '../emit/c.ts'
import type { ModuleFunction } from '../module/module-functions.ts'
import { ANY_FUNCTION, fingerprintOf } from '../prebuilt/fingerprint.ts'
import { MANIFEST_FORMAT } from '../prebuilt/manifest.ts'
import type { ArgumentType, Manifest, ManifestBody, ManifestLibrary } from '../prebuilt/manifest.ts'
import type { Environment } from '../toolchain/find-compiler.ts'
import { buildLibrary, hostTarget, hostTargets } from './targets.ts'
import type { Targets } from './targets.ts'
import { neededBy, sourceOf } from './text-of-body.ts'
import { canBeTried, tryBody } from './try-body.ts'

/** A function that is to be there when the application runs. */
export interface Candidate {
  /** Where the application names it; without one it is found by its text. */
  readonly key?: string
  readonly text: string | null
  readonly file: string
  readonly fn: ModuleFunction
  readonly types: readonly ArgumentType[]
  readonly compilation: Compiled
}

export interface PrebuildOptions {
  /** The machine of the build, with the C compiler that is found there, unless given. */
  readonly targets?: Targets | undefined
  readonly env: Environment
}

export interface Prebuilding {
  readonly manifest: Manifest
  readonly c: string
  readonly libraries: readonly { readonly file: string; readonly bytes: Uint8Array }[]
  /** What is missing, and what to do. */
  readonly problems: readonly string[]
}

interface Core {
  readonly core: NativeCore | undefined
  readonly includeFolder: string
}

export async function prebuild(candidates: readonly Candidate[], options: PrebuildOptions): Promise<Prebuilding> {
  const problems: string[] = []
  const symbols = new Map(candidates.filter(isInC).map((each, index) => [each, symbolOf(each, index)]))
  const c = cLibrary([...symbols].map(([{ compilation }, symbol]) => compilation.c(symbol)))
  const found = await loadCore(problems)
  const built = symbols.size === 0 || found === undefined ? [] : await buildAll(c, found, options, problems)
  const host = built.find(({ target }) => target === hostTarget)
  const attempts = new Trials(found?.core, host?.bytes, problems)
  const bodies = candidates.flatMap((each) => bodyOf(each, symbols.get(each) ?? null, attempts))
  const libraries = built.map(({ target, file, bytes, compiler }): ManifestLibrary => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { target, file, sha256, compiler, tried: target === hostTarget && attempts.inLibrary }
  })
  return { manifest: { format: MANIFEST_FORMAT, bodies, libraries }, c, libraries: built, problems }
}

/** Worth its machine code: it has loops, or may run over columns. */
function isInC({ compilation: { loops, columns } }: Candidate): boolean {
  return loops || columns
}

function symbolOf({ fn }: Candidate, index: number): string {
  return `body_${index}_${fn.name.replaceAll(/\W/g, '_')}`
}

async function loadCore(problems: string[]): Promise<Core | undefined> {
  try {
    const { loadCore: load, includeFolder } = await import('@catzilla/core-c')
    const { core, source } = load()
    if (core === undefined) problems.push(`compiled bodies are not tried here: ${source}`)
    return { core, includeFolder }
  } catch {
    problems.push(
      'there is no machine code for loops without the headers of @catzilla/core-c: npm install @catzilla/core-c',
    )
    return undefined
  }
}

async function buildAll(
  c: string,
  { core, includeFolder }: Core,
  { targets, env }: PrebuildOptions,
  problems: string[],
): Promise<{ target: string; file: string; bytes: Uint8Array; compiler: string }[]> {
  const missing = core?.noToolchain ?? null
  const all = Object.entries(targets ?? (missing === null ? await hostTargets(env) : {}))
  if (all.length === 0) {
    problems.push(
      missing === null
        ? 'there is no C compiler for loops: install gcc or clang, or name one in CATZILLA_CC or `targets`'
        : `there is no machine code for loops: ${missing}; name compilers for other machines in \`targets\``,
    )
  }
  const built = await Promise.all(
    all.map(async ([target, command]) => {
      try {
        const { bytes, compiler } = await buildLibrary(c, target, command, includeFolder)
        return [{ target, file: `bodies-${target}.so`, bytes, compiler }]
      } catch (thrown) {
        problems.push(`there is no machine code for ${target}: ${(thrown as Error).message}`)
        return []
      }
    }),
  )
  return built.flat()
}

/** One body after the other is tried, in the library where there is one for this machine. */
class Trials {
  readonly #core: NativeCore | undefined
  readonly #library: NativeLibrary | undefined
  readonly #problems: string[]
  /** They were tried in the library. */
  inLibrary: boolean

  constructor(core: NativeCore | undefined, library: Uint8Array | undefined, problems: string[]) {
    this.#core = core
    const canOpen = library !== undefined && core?.noToolchain === null
    this.#library = canOpen ? core.openLibrary(library) : undefined
    this.#problems = problems
    this.inLibrary = this.#library !== undefined
  }

  /** How often both gave the same; undefined: they did not, and it must not be used. */
  run({ fn, file, types, compilation }: Candidate, symbol: string | null): number | undefined {
    if (this.#core === undefined || !canBeTried(compilation)) return 0
    const { programs } = this.#core
    const native = programs.openProgram(compilation.program)
    if (symbol !== null && this.#library !== undefined) native.useBody(this.#library, symbol)
    const { times, differs } = tryBody(fn.source, fn.captures, compilation, types, native, programs)
    if (differs === undefined) return times
    this.#problems.push(
      `${file}:${fn.line}: C and JavaScript give different results for ${JSON.stringify(differs)}, so it stays JavaScript; please report it`,
    )
    return undefined
  }
}

function bodyOf(candidate: Candidate, symbol: string | null, trials: Trials): ManifestBody[] {
  const { key, text, file, fn, types, compilation } = candidate
  const tried = trials.run(candidate, symbol)
  if (tried === undefined) return []
  const captures = neededBy(fn.source, fn.captures).map((name) => [name, expected(fn.captures[name])] as const)
  const { signature, loops, program } = compilation
  return [
    {
      ...(key === undefined ? {} : { key }),
      text,
      name: fn.name,
      file,
      line: fn.line,
      types,
      captures: Object.fromEntries(captures),
      signature,
      loops,
      program: Buffer.from(program).toString('base64'),
      symbol,
      tried,
    },
  ]
}

function expected(value: unknown): string {
  return sourceOf(value) === undefined ? (fingerprintOf(value) ?? '') : ANY_FUNCTION
}
