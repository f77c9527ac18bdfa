// Imports a module inside an isolate, also where Node by itself cannot read it because it is TypeScript.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'
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

/** Set with the first module that needs it, whose packages then serve all. */
let enabled: Promise<void> | undefined

/**
 * Imports `url`. TypeScript is read by Node when it can; else by the tsx that the module or the working directory can see;
 * else by esbuild, oxc or TypeScript (up to 6), whichever of them is installed.
 * @throws TaskDefinitionError when it is TypeScript and there is nothing to read it with
 * @throws whatever the module throws, and what is wrong with it
 */
export async function importModule(url: string): Promise<ModuleNamespace> {
  if (!nodeReadsTypeScript()) await prepare(url)
  try {
    return (await import(url)) as ModuleNamespace
  } catch (thrown) {
    if (!needsTranspiler(thrown, url)) throw thrown
    // what is not there may be there in TypeScript; or just not be there
    await enable(url, thrown).catch((problem: unknown) => rethrow(isNotFound(thrown) ? thrown : problem))
  }
  return importAgain(url)
}

/** Node strips types from 22.18 and 23.6 on, unless it is told not to. */
function nodeReadsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown }
  return typeof typescript === 'string'
}

/**
 * An older Node does not import again what failed once, and threads of Node 20 do not inherit what reads TypeScript in the
 * main one: so it has to be there before the first import that may need it.
 */
async function prepare(url: string): Promise<void> {
  const withLoader = startedWithLoader()
  if (withLoader && isMainThread) return
  if (isTypeScriptUrl(url) && existsSync(fileURLToPath(url))) await enable(url)
  // a module in JavaScript may import one in TypeScript in such a program; most do not
  else if (withLoader) await enable(url).catch(() => {})
}

/** Some newer ones remember it by URL: the same file has another one with a query. */
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

/** Whether the process was started with something that reads TypeScript. */
function startedWithLoader(): boolean {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  return /(^|[\s=/\\@"'])(tsx|ts-node|jiti|swc-node|esbuild-register|tsimp|ts-blank-space|amaro)\b/.test(given)
}

async function enable(url: string, because?: unknown): Promise<void> {
  // it may have failed for a module that sees other packages
  const done = await enabled?.then(
    () => true,
    () => false,
  )
  if (done === true) return
  enabled = registerFor(url, because)
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

/** The doors of tsx for ESM and for CommonJS, which each take a `register()` of its own. */
function findTsx(url: string): readonly string[] | undefined {
  const homes = [url, pathToFileURL(join(process.cwd(), 'here')).href]
  const doors = homes.map((home) => ['tsx/esm/api', 'tsx/cjs/api'].map((door) => resolveWay(home, [door])))
  return doors.map((both) => both.filter((door) => door !== undefined)).find((both) => both.length > 0)
}

async function registerTsx(doors: readonly string[]): Promise<void> {
  for (const door of doors) {
    // what require() finds is CommonJS, which cannot register for ESM; the module beside it can
    const module = door.replace(/\.cjs$/, '.mjs')
    const api = (await import(existsSync(new URL(module)) ? module : door)) as { register?: () => unknown }
    if (api.register === undefined) throw new Error('it has no register(); update it')
    api.register()
  }
}

async function registerTranspilers(found: readonly TranspilerLocation[]): Promise<void> {
  // tried here, where an error can be told; hooks on a thread of their own load it once more
  const transpile = await loadTranspiler(found)
  process.setSourceMapsEnabled(true)
  // younger than the types of the oldest Node that is supported
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
