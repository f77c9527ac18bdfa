// Makes a local engine crash-safe through the optional package `@catzilla/durable`, which is loaded when it is asked for.
import { createRequire } from 'node:module'
import { ConfigurationError, EngineUnavailableError, toError } from '@catzilla/engine'
import type { EngineOptions, TaskEngine } from '@catzilla/engine'
import type * as Durable from '@catzilla/durable'

const PACKAGE = '@catzilla/durable'

/** Where a local engine keeps its tasks, and how. */
export interface DurableConfig {
  readonly directory: string
  /** `'strict'` (default): accepted means synced to the disk. `'relaxed'`: a crash of the system may lose the last moments. */
  readonly durability?: 'strict' | 'relaxed'
  /** How often a task may have been running when the process died before it is a dead letter: 3. */
  readonly maxRecoveries?: number
  /** Stored values of at least so many bytes are compressed: Infinity, which is none. */
  readonly compressAboveBytes?: number
  /** AES-256-GCM keys of 32 bytes: the first encrypts, all of them decrypt. None by default. */
  readonly encryptionKeys?: readonly { readonly id: string; readonly key: Uint8Array }[]
}

/**
 * `engine` with a store round it.
 * @param given options of the engine: those that the store shares are handed on
 * @throws ConfigurationError for an engine that is durable by itself
 * @throws EngineUnavailableError when the package is not installed
 */
export function wrapDurable(
  engine: TaskEngine,
  config: string | DurableConfig,
  given: EngineOptions = {},
  load: (name: string) => unknown = createRequire(import.meta.url),
): TaskEngine {
  if (engine.capabilities.durable) {
    throw new ConfigurationError(
      `durable: the ${engine.name} engine keeps its tasks by itself; leave durable (or CATZILLA_DURABLE) out`,
    )
  }
  const { directory, ...options } = typeof config === 'string' ? { directory: config } : config
  const { clock, keepResults, keepFailures } = given
  const shared = Object.entries({ clock, keepResults, keepFailures }).filter(([, value]) => value !== undefined)
  return loadDurable(load).createDurableEngine(engine, directory, { ...options, ...Object.fromEntries(shared) })
}

function loadDurable(load: (name: string) => unknown): typeof Durable {
  try {
    return load(PACKAGE) as typeof Durable
  } catch (thrown) {
    throw new EngineUnavailableError(
      `durable needs ${PACKAGE}, which does not load (${toError(thrown).message.split('\n')[0]}); run "npm install ${PACKAGE}"`,
      { cause: thrown },
    )
  }
}
