// How a durable engine is made, and what of it is reached beside the contract of engines.
import { ConfigurationError, selectEngine } from '@catzilla/engine'
import type { TaskEngine } from '@catzilla/engine'
import type { DeadLetters } from './engine/dead-letters.ts'
import { DurableEngine } from './engine/durable-engine.ts'
import { requireDirectory, resolveDurableOptions } from './options.ts'
import type { DurableOptions } from './options.ts'
import { openFiles } from './store/files.ts'
import type { Files } from './store/files.ts'

/** Engines made here, by what was given out for them. */
const durableEngines = new WeakMap<TaskEngine, DurableEngine>()

/**
 * `engine` with a store in `directory` round it. The directory is made when it is not there, readable by its owner only.
 * Opening it is part of `start()`.
 * @throws ConfigurationError for options, and for an engine that keeps its tasks by itself or cannot be made durable
 * @example
 * const engine = createDurableEngine(createTypeScriptEngine(), './data')
 * await engine.start()
 */
export function createDurableEngine(engine: TaskEngine, directory: string, options: DurableOptions = {}): TaskEngine {
  requireDirectory(directory)
  const resolved = resolveDurableOptions(options)
  return durableOver(engine, directory, options, () => openFiles(directory, resolved.durability === 'strict'))
}

/** As `createDurableEngine`, over files of the caller's. */
export function durableOver(
  engine: TaskEngine,
  directory: string,
  options: DurableOptions,
  open: () => Files,
): TaskEngine {
  if (engine.capabilities.durable || engine.keepWith === undefined || engine.takeUp === undefined) {
    throw new ConfigurationError(
      `durable: the ${engine.name} engine ${engine.capabilities.durable ? 'keeps its tasks by itself' : 'cannot be made durable'}; use engine: 'native' or 'typescript'`,
    )
  }
  const durable = new DurableEngine(engine, directory, resolveDurableOptions(options), open)
  // behind the guard that every engine gets
  const { engine: guarded } = selectEngine(durable)
  durableEngines.set(guarded, durable)
  return guarded
}

/**
 * The dead letters of a started engine that was made durable: `deadLettersOf(tasks.engine)`.
 * @throws ConfigurationError for any other engine
 */
export function deadLettersOf(engine: TaskEngine): DeadLetters {
  const durable = durableEngines.get(engine)
  if (durable !== undefined) return durable.opened.letters
  throw new ConfigurationError(`the ${engine.name} engine has no dead letters; make it with durable: './data'`)
}
