// How the engine is made: by URL, as `createTasks({ engine: 'redis://…' })` does, or with options of its own.
import { selectEngine } from '@catzilla/engine'
import type { EngineOptions, TaskEngine } from '@catzilla/engine'
import { BullmqEngine } from './engine/bullmq-engine.ts'
import type { BullmqOptions } from './options.ts'

/**
 * The engine behind an engine URL. It connects when it is started.
 * @param url `redis://host:6379/0`, `rediss://…`, or `postgres://user@host:5432/database`; options of the engine stand in
 * its query
 * @throws ConfigurationError, UnsupportedByEngineError
 */
export function createEngine(url: string, options: EngineOptions = {}): TaskEngine {
  return new BullmqEngine(url, options)
}

/**
 * The same with options of its own, for `createTasks({ engine: createBullmqEngine(…) })`.
 * @throws ConfigurationError, UnsupportedByEngineError
 * @example
 * const engine = createBullmqEngine('redis://localhost', { role: 'producer' })
 */
export function createBullmqEngine(url: string, options: BullmqOptions = {}): TaskEngine {
  return selectEngine(new BullmqEngine(url, options)).engine
}
