// Imports a module inside an isolate, also where Node by itself cannot read it because it is TypeScript.
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TaskDefinitionError, toError } from '../../contract/errors.ts'
import { findTranspilers, loadTranspiler, resolveWay } from './transpilers.ts'
import type { Transpile, TranspilerLocation } from './transpilers.ts'
import { isNotFound, isTypeScriptUrl, loadTypeScript, otherSpecifiers } from './typescript-files.ts'

/** The exports of a module by name. */
export type ModuleNamespace = Readonly<Record<string, unknown>>

/** What Node says when it cannot read a TypeScript file, or its syntax, or find what it imports. */
const beyondNode = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
])

/** Set with the first module that needs it; what fails once fails for good, as nothing is installed meanwhile. */
let enabled: Promise<void> | undefined

/**
 * Imports `url`. TypeScript is read by Node when it can; else by the tsx that the module or the working directory can see;
 * else by esbuild, oxc or TypeScript (up to 6), whichever of them is installed.
 * @throws TaskDefinitionError when it is TypeScript and there is nothing to read it with
 * @throws whatever the module throws, and what is wrong with it
 */
export async function importModule(url: string): Promise<ModuleNamespace> {
  // a Node that knows no TypeScript remembers a failed import: so what reads it has to be there first
  if (isTypeScriptUrl(url) && !nodeReadsTypeScript() && !startedWithLoader()) await enable(url)
  try {
    return (await import(url)) as ModuleNamespace
  } catch (thrown) {
    if (enabled !== undefined || !needsTranspiler(thrown, url)) throw thrown
    await enable(url, thrown)
  }
  return importAgain(url)
}

/** Some versions of Node remember a failure by URL: the same file has another one with a query. */
async function importAgain(url: string): Promise<ModuleNamespace> {
  try {
    return (await import(url)) as ModuleNamespace
  } catch (thrown) {
    if (!needsTranspiler(thrown, url)) throw thrown
    const other = new URL(url)
    other.searchParams.set('transpiled', '')
    return (await import(other.href)) as ModuleNamespace
  }
}

function needsTranspiler(thrown: unknown, url: string): boolean {
  const { code, message } = toError(thrown) as NodeJS.ErrnoException
  if (code !== undefined && beyondNode.has(code)) return code !== 'ERR_UNKNOWN_FILE_EXTENSION' || /tsx?"/.test(message)
  // `./x.js` for `./x.ts`; a package that is not there stays away
  return isTypeScriptUrl(url) && isNotFound(thrown) && /Cannot find module '[^']*\//.test(message)
}

/** Node strips types from 22.18 and 23.6 on, unless it is told not to. */
function nodeReadsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown }
  return typeof typescript === 'string'
}

/** Whether the process was started with something that reads TypeScript, which its threads inherit. */
function startedWithLoader(): boolean {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  return /(^|[\s=/\\@"'])(tsx|ts-node|jiti|swc-node|esbuild-register|tsimp|ts-blank-space|amaro)\b/.test(given)
}

async function enable(url: string, because?: unknown): Promise<void> {
  enabled ??= registerFor(url, because)
  return enabled
}

/** tsx first: it knows the settings of the user's project. */
async function registerFor(url: string, because: unknown): Promise<void> {
  const reasons: string[] = []
  const tsx = findTsx(url)
  if (tsx !== undefined) {
    const problem = await attempt(() => registerTsx(tsx))
    if (problem === undefined) return
    reasons.push(`tsx: ${problem}`)
  }
  const found = findTranspilers(url)
  if (found.length > 0) {
    const problem = await attempt(() => registerTranspilers(found))
    if (problem === undefined) return
    reasons.push(problem)
  }
  throw new TaskDefinitionError(
    `${url} is TypeScript that Node ${process.versions.node} cannot read by itself${because === undefined ? '' : ` (${firstLine(because)})`}, and nothing is installed that reads it${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}; use Node 22.18 or newer with types that can be stripped, run "npm install tsx" and start with node --import tsx, or build first and give module the built file`,
    { cause: because },
  )
}

/** What went wrong, in one line; undefined when nothing did. */
async function attempt(step: () => Promise<void>): Promise<string | undefined> {
  try {
    await step()
    return undefined
  } catch (thrown) {
    return firstLine(thrown)
  }
}

function firstLine(thrown: unknown): string {
  return toError(thrown).message.split('\n')[0] ?? ''
}

function findTsx(url: string): string | undefined {
  const homes = [url, pathToFileURL(join(process.cwd(), 'here')).href]
  return homes.map((home) => resolveWay(home, ['tsx/esm/api'])).find((found) => found !== undefined)
}

async function registerTsx(url: string): Promise<void> {
  const api = (await import(url)) as { register?: () => unknown; default?: { register?: () => unknown } }
  const register = api.register ?? api.default?.register
  if (register === undefined) throw new Error('it has no register(); update it')
  register()
}

async function registerTranspilers(found: readonly TranspilerLocation[]): Promise<void> {
  // tried here, where an error can be told; hooks on a thread of their own load it once more
  const transpile = await loadTranspiler(found)
  process.setSourceMapsEnabled(true)
  const { registerHooks } = nodeModule as unknown as { readonly registerHooks?: (hooks: object) => void }
  if (registerHooks === undefined) nodeModule.register(hooksUrl(), { data: found })
  else registerHooks(synchronousHooks(transpile))
}

function hooksUrl(): URL {
  return new URL('./typescript-hooks.js', import.meta.url)
}

interface Context {
  readonly parentURL?: string | undefined
}

/** Here Node has been asked before and could not read something, so that every TypeScript file is transpiled. */
function synchronousHooks(transpile: Transpile): object {
  return {
    resolve(specifier: string, context: Context, next: (specifier: string, context: Context) => unknown): unknown {
      try {
        return next(specifier, context)
      } catch (thrown) {
        if (!isNotFound(thrown)) throw thrown
        return firstThatResolves(otherSpecifiers(specifier, context.parentURL), context, next) ?? rethrow(thrown)
      }
    },
    load(url: string, context: Context, next: (url: string, context: Context) => unknown): unknown {
      return isTypeScriptUrl(url) ? loadTypeScript(url, transpile) : next(url, context)
    },
  }
}

function firstThatResolves(
  specifiers: readonly string[],
  context: Context,
  next: (specifier: string, context: Context) => unknown,
): unknown {
  for (const specifier of specifiers) {
    try {
      return next(specifier, context)
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown
    }
  }
  return undefined
}

function rethrow(thrown: unknown): never {
  throw thrown
}
