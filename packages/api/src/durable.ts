// Makes a local engine crash-safe through the optional package `@catzilla/durable`, which is loaded when it is asked for.
import { createRequire } from 'node:module'
import { ConfigurationError, EngineUnavailableError, toError } from '@catzilla/engine'
import type { TaskEngine } from '@catzilla/engine'

const PACKAGE = '@catzilla/durable'

interface DurableModule {
  createDurableEngine(engine: TaskEngine, directory: string): TaskEngine
}

/**
 * `engine` with a store in `directory` round it.
 * @throws ConfigurationError for an engine that is durable by itself
 * @throws EngineUnavailableError when the package is not installed
 */
export function wrapDurable(
  engine: TaskEngine,
  directory: string,
  load: (name: string) => unknown = createRequire(import.meta.url),
): TaskEngine {
  if (engine.capabilities.durable) {
    throw new ConfigurationError(
      `durable: the ${engine.name} engine keeps its tasks by itself; leave durable (or CATZILLA_DURABLE) out`,
    )
  }
  return loadDurable(load).createDurableEngine(engine, directory)
}

function loadDurable(load: (name: string) => unknown): DurableModule {
  try {
    return load(PACKAGE) as DurableModule
  } catch (thrown) {
    throw new EngineUnavailableError(
      `durable needs ${PACKAGE}, which does not load (${toError(thrown).message.split('\n')[0]}); run "npm install ${PACKAGE}"`,
      { cause: thrown },
    )
  }
}
