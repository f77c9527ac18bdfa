// What module hooks know of TypeScript files: which they are, what is meant by a specifier, and what Node should take them
// for. The hooks of both kinds of Node share it.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Transpile } from './transpilers.ts'

/** What a load hook gives for a file. */
export interface LoadedFile {
  readonly format: 'module' | 'commonjs'
  readonly source: string
  readonly shortCircuit: true
}

const pattern = /\.[cm]?tsx?$/

/** Whether `url` is a TypeScript file: `.ts`, `.mts`, `.cts` or `.tsx`. */
export function isTypeScriptUrl(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'file:' && pattern.test(new URL(url).pathname)
}

/** Other specifiers for one that was not found from a TypeScript file: `./x.js` may be `./x.ts`, and `./x` too. */
export function otherSpecifiers(specifier: string, parentUrl: string | undefined): string[] {
  if (parentUrl === undefined || !isTypeScriptUrl(parentUrl) || !/^(\.{0,2}\/|file:)/.test(specifier)) return []
  const ended = /^(.*)\.([cm]?)js(x?)$/.exec(specifier)
  if (ended !== null) return [`${ended[1]}.${ended[2]}ts${ended[3]}`, `${ended[1]}.tsx`]
  if (pattern.test(specifier)) return []
  return ['.ts', '.tsx', '.mts', '.cts', '/index.ts'].map((ending) => specifier.replace(/\/$/, '') + ending)
}

/** Whether an error says that a specifier leads nowhere. */
export function isNotFound(thrown: unknown): boolean {
  const { code } = (thrown ?? {}) as { readonly code?: unknown }
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT'
}

/** Reads and transpiles a file. @throws what reading and the transpiler throw */
export function loadTypeScript(url: string, transpile: Transpile): LoadedFile {
  const path = fileURLToPath(url)
  const source = transpile(readFileSync(path, 'utf8'), path)
  return { format: formatOf(path, source), source, shortCircuit: true }
}

/** By the ending, then by what is written in it, then by the package, as Node does it for JavaScript. */
function formatOf(path: string, source: string): LoadedFile['format'] {
  if (path.endsWith('.mts')) return 'module'
  if (path.endsWith('.cts')) return 'commonjs'
  if (/^\s*(import\s*[\w{*"']|export\s*[\w{*])/m.test(source)) return 'module'
  return packageType(dirname(path)) ?? 'commonjs'
}

function packageType(folder: string): LoadedFile['format'] | undefined {
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    const { type } = JSON.parse(readFileSync(file, 'utf8')) as { readonly type?: unknown }
    return type === 'module' || type === 'commonjs' ? type : undefined
  }
  const above = dirname(folder)
  return above === folder ? undefined : packageType(above)
}
