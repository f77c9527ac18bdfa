// Which engine runs the tasks: asked for by name, by URL, by the environment or as an instance; and a record of why.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ConfigurationError, EngineUnavailableError, describeValue, toError } from './contract/errors.ts'
import type { TaskEngine } from './contract/task-engine.ts'
import { guardEngine } from './guard/guarded-engine.ts'
import { RegisteringEngine } from './isolates/inside/registering-engine.ts'
import { currentRegistrar } from './isolates/inside/registrar.ts'
import type { EngineOptions } from './options/engine-options.ts'
import { CoreUnavailableError, loadCore } from './native/load-core.ts'
import { NativeEngine } from './native/native-engine.ts'
import { TypeScriptEngine } from './typescript/typescript-engine.ts'

/** `'auto'`, an engine's name, an engine URL, or an engine. */
export type EngineChoice = 'auto' | 'native' | 'typescript' | (string & {}) | TaskEngine

/** What was chosen and why. */
export interface EngineInfo {
  readonly name: string
  readonly reason: string
  /** Engines that were tried and passed over. */
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[]
}

/** What a package that brings an engine exports. */
export interface EngineModule {
  /** @param url as it was asked for, such as `redis://localhost:6379` */
  createEngine(url: string, options: EngineOptions): TaskEngine
}

/** What the selection takes from its surroundings; given in tests. */
export interface EngineSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Loads a package by name; throws when it is not installed. */
  readonly load: (packageName: string) => unknown
}

const surroundings: EngineSurroundings = { env: process.env, load: loadPackage }

/** From here, else from the application: package managers that keep packages apart show us no more than we depend on. */
function loadPackage(name: string): unknown {
  const places = [import.meta.url, process.argv[1] ?? import.meta.url, join(process.cwd(), 'package.json')]
  const found = places.find((place) => canResolve(place, name))
  return createRequire(found ?? import.meta.url)(name) as unknown
}

function canResolve(place: string, name: string): boolean {
  try {
    createRequire(place).resolve(name)
    return true
  } catch {
    return false
  }
}

/** The package behind each URL scheme; undefined is built in. */
const packages: Readonly<Record<string, string | undefined>> = {
  typescript: undefined,
  native: undefined,
  redis: '@catzilla/engine-bullmq',
  rediss: '@catzilla/engine-bullmq',
  postgres: '@catzilla/engine-bullmq',
  postgresql: '@catzilla/engine-bullmq',
}

/**
 * Makes the engine that `choice` asks for, else the one that `CATZILLA_ENGINE` asks for, else the best there is. Inside a
 * thread or process of a lane, whatever is asked for, it is one that only takes note of the tasks defined.
 * @throws ConfigurationError for a choice that means no engine
 * @throws EngineUnavailableError when the engine's package is missing or does not load
 */
export function selectEngine(
  choice: EngineChoice | undefined,
  options: EngineOptions = {},
  from: EngineSurroundings = surroundings,
): { engine: TaskEngine; info: EngineInfo } {
  const registering = registeringEngine()
  if (registering !== undefined) {
    const reason = 'this is a thread or process of a lane: tasks are only defined here'
    return { engine: registering, info: { name: registering.name, reason, passedOver: [] } }
  }
  if (typeof choice === 'object' && choice !== null) return selectInstance(choice)
  if (choice !== undefined && typeof choice !== 'string') throw unknownChoice(choice, 'the engine option')
  const fromEnvironment = from.env['CATZILLA_ENGINE']
  const asked = choice ?? (fromEnvironment === undefined || fromEnvironment === '' ? 'auto' : fromEnvironment)
  const by = choice === undefined && asked === fromEnvironment ? 'CATZILLA_ENGINE' : 'the engine option'
  if (asked === 'auto') return selectBest(options, from)
  const engine = createNamed(asked, by, options, from)
  return { engine, info: { name: engine.name, reason: `${by} is ${describeUrl(asked)}`, passedOver: [] } }
}

/** The engine of an isolate; undefined elsewhere. */
function registeringEngine(): TaskEngine | undefined {
  const registrar = currentRegistrar()
  return registrar === undefined ? undefined : new RegisteringEngine(registrar)
}

function selectInstance(engine: TaskEngine): { engine: TaskEngine; info: EngineInfo } {
  if (typeof engine.submit !== 'function' || typeof engine.capabilities !== 'object') {
    throw unknownChoice(engine, 'the engine option')
  }
  const info = { name: engine.name, reason: 'the engine option is an engine', passedOver: [] }
  return { engine: guardEngine(engine), info }
}

function selectBest(options: EngineOptions, from: EngineSurroundings): { engine: TaskEngine; info: EngineInfo } {
  try {
    const engine = createNamed('native', 'the engine option', options, from)
    return { engine, info: { name: engine.name, reason: 'auto: the native engine loads', passedOver: [] } }
  } catch (thrown) {
    const passedOver = [{ name: 'native', reason: toError(thrown).message }]
    if (thrown instanceof CoreUnavailableError && thrown.unexpected) {
      warnOnce('CATZILLA_NATIVE_UNAVAILABLE', `${thrown.message}; tasks run on the TypeScript engine`)
    }
    const engine = createTypeScriptEngine(options)
    return { engine, info: { name: engine.name, reason: 'auto: it needs nothing but Node', passedOver } }
  }
}

function createNamed(asked: string, by: string, options: EngineOptions, from: EngineSurroundings): TaskEngine {
  const scheme = /^([a-z]+)(?::|$)/.exec(asked)?.[1]
  if (scheme === undefined || !Object.hasOwn(packages, scheme)) throw unknownChoice(asked, by)
  const packageName = packages[scheme]
  if (scheme === 'native') return guardEngine(new NativeEngine(loadCore(from.load, warnOfOthers), options))
  if (packageName === undefined) return createTypeScriptEngine(options)
  return guardEngine(loadEngine(scheme, packageName, from).createEngine(asked, options))
}

function loadEngine(scheme: string, packageName: string, from: EngineSurroundings): EngineModule {
  let loaded: unknown
  try {
    loaded = from.load(packageName)
  } catch (thrown) {
    const { code, message } = toError(thrown) as NodeJS.ErrnoException
    // the same code stands for a module that the package itself misses
    const missing = code === 'MODULE_NOT_FOUND' && message.startsWith(`Cannot find module '${packageName}'`)
    const why = missing ? 'is not installed' : `does not load: ${message}`
    throw new EngineUnavailableError(
      `the ${scheme} engine needs ${packageName}, which ${why}; run "npm install ${packageName}", or use engine: 'auto'`,
      { cause: thrown },
    )
  }
  if (typeof (loaded as Partial<EngineModule> | null | undefined)?.createEngine === 'function')
    return loaded as EngineModule
  throw new EngineUnavailableError(
    `the ${scheme} engine needs a ${packageName} that exports createEngine; the installed one does not: update it`,
  )
}

function unknownChoice(asked: unknown, by: string): ConfigurationError {
  const accepts = `'auto', ${Object.keys(packages)
    .map((scheme) => `'${scheme}:…'`)
    .join(', ')} or an engine`
  return new ConfigurationError(
    `${by} accepts ${accepts}, got ${typeof asked === 'string' ? describeUrl(asked) : describeValue(asked)}`,
  )
}

/** The choice without a password in it: without what stands before an `@`, and without the query. */
function describeUrl(asked: string): string {
  return JSON.stringify(asked.replace(/^([a-z]*:?(?:\/\/)?).*@/is, '$1…@').replace(/\?.*/s, '?…'))
}

/**
 * The pure-TypeScript engine.
 * @throws ConfigurationError
 * @example
 * const engine = createTypeScriptEngine({ queueSize: 1000 })
 * await engine.start()
 */
export function createTypeScriptEngine(options?: EngineOptions): TaskEngine {
  return registeringEngine() ?? guardEngine(new TypeScriptEngine(options))
}

/**
 * The native engine: C worker threads for kernels, the event loop for everything else.
 * @throws EngineUnavailableError when `@catzilla/core-c` is missing or does not load
 * @throws ConfigurationError
 */
export function createNativeEngine(options?: EngineOptions): TaskEngine {
  return registeringEngine() ?? guardEngine(new NativeEngine(loadCore(undefined, warnOfOthers), options))
}

/** Whoever names a binary, or builds one, means it to be used. */
function warnOfOthers(errors: readonly string[], source: string): void {
  warnOnce('CATZILLA_NATIVE_NOT_LOADED', `${errors.join('; ')}; the native engine is that of ${source}`)
}

const warnedOf = new Set<string>()

/** Something is there that does not work: said once, since everything goes on without it. */
function warnOnce(code: string, message: string): void {
  if (warnedOf.has(code)) return
  warnedOf.add(code)
  process.emitWarning(message, { type: 'CatzillaWarning', code })
}
