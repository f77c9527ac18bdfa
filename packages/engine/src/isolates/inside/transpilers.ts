// Packages that turn TypeScript into JavaScript, found among those of the user's program: none of them is ours.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Source and path of a file in, JavaScript with a source map at its end out. @throws what the transpiler throws */
export type Transpile = (source: string, path: string) => string

/** A transpiler that is installed; can be sent to another thread. */
export interface TranspilerLocation {
  readonly kind: keyof typeof load
  /** File URL of its module. */
  readonly url: string
}

/** Which modules transpile: each the last of a way through packages that depend on it. */
const ways: readonly (readonly [kind: keyof typeof load, ...way: string[]])[] = [
  ['esbuild', 'esbuild'],
  ['oxc', 'oxc-transform'],
  ['oxc', 'vite', 'rolldown/utils'],
  ['esbuild', 'vite', 'esbuild'],
  ['oxc', 'vitest', 'vite', 'rolldown/utils'],
  ['esbuild', 'vitest', 'vite', 'esbuild'],
  ['typescript', 'typescript'],
]

/** The installed transpilers, best first: those that the module at `fromUrl` can see, then those of the working directory. */
export function findTranspilers(fromUrl: string): TranspilerLocation[] {
  const homes = [fromUrl, pathToFileURL(join(process.cwd(), 'here')).href]
  return homes.flatMap((home) =>
    ways.flatMap(([kind, ...way]) => {
      const url = resolveWay(home, way)
      return url === undefined ? [] : [{ kind, url }]
    }),
  )
}

/** The file URL of the last package of a way from `home` through packages; undefined when one is not installed. */
export function resolveWay(home: string, way: readonly string[]): string | undefined {
  let at = home
  for (const specifier of way) {
    try {
      at = pathToFileURL(createRequire(at).resolve(specifier)).href
    } catch {
      return undefined
    }
  }
  return at
}

/** Loads the first of `found` that works. @throws the error of the last when none does */
export async function loadTranspiler(found: readonly TranspilerLocation[]): Promise<Transpile> {
  let last: unknown = new Error('there is none')
  for (const { kind, url } of found) {
    try {
      const transpile = load[kind]((await import(url)) as never)
      // a package that is there may miss its binary, or its API
      transpile('const probe: number = 1', 'probe.ts')
      return transpile
    } catch (thrown) {
      last = thrown
    }
  }
  throw last
}

const load: Readonly<Record<'esbuild' | 'oxc' | 'typescript', (module: never) => Transpile>> = {
  esbuild: esbuildOf,
  oxc: oxcOf,
  typescript: typescriptOf,
}

interface Esbuild {
  transformSync(this: void, source: string, options: object): { readonly code: string }
}

function esbuildOf({ transformSync }: Esbuild): Transpile {
  return (source, path) => {
    const loader = path.endsWith('x') ? 'tsx' : 'ts'
    const format = path.endsWith('.cts') ? { format: 'cjs' } : {}
    return transformSync(source, { loader, sourcefile: path, sourcemap: 'inline', target: 'node20', ...format }).code
  }
}

interface Oxc {
  transformSync(this: void, path: string, source: string, options: object): OxcOutput
}

interface OxcOutput {
  readonly code: string
  readonly map?: object
  readonly errors: readonly { readonly message: string }[]
}

function oxcOf({ transformSync }: Oxc): Transpile {
  return (source, path) => {
    const { code, map, errors } = transformSync(path, source, { sourcemap: true })
    const [error] = errors
    if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`)
    const encoded = Buffer.from(JSON.stringify(map ?? {})).toString('base64')
    return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}`
  }
}

interface TypeScript {
  readonly default: {
    readonly ModuleKind: { readonly CommonJS: number; readonly ESNext: number }
    readonly ScriptTarget: { readonly ES2022: number }
    transpileModule(this: void, source: string, options: object): { readonly outputText: string }
  }
}

/** TypeScript 7 has no such function: then loading it fails, and the next one is tried. */
function typescriptOf({ default: { transpileModule, ModuleKind, ScriptTarget } }: TypeScript): Transpile {
  return (source, path) => {
    const compilerOptions = {
      module: path.endsWith('.cts') ? ModuleKind.CommonJS : ModuleKind.ESNext,
      target: ScriptTarget.ES2022,
      inlineSourceMap: true,
      verbatimModuleSyntax: !path.endsWith('.cts'),
    }
    return transpileModule(source, { fileName: path, compilerOptions }).outputText
  }
}
