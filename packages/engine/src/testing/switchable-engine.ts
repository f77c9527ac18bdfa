// An engine whose measuring can be switched off and on again, which shows what measuring costs: the same engine, the same code.
import type { TaskEngine } from '../contract/task-engine.ts'
import { guardEngine } from '../guard/guarded-engine.ts'
import type { EngineOptions } from '../options/engine-options.ts'
import { TypeScriptEngine } from '../typescript/typescript-engine.ts'

export interface SwitchableEngine {
  readonly engine: TaskEngine
  /** Whether waits and runs are recorded from now on. They are at first. */
  readonly setMeasuring: (on: boolean) => void
}

/**
 * A TypeScript engine for benchmarks.
 * @throws ConfigurationError for options that are none
 */
export function createSwitchableEngine(options?: EngineOptions): SwitchableEngine {
  const own = new TypeScriptEngine(options)
  const { statistics } = own.parts.walk
  return {
    engine: guardEngine(own),
    setMeasuring: (on) => {
      statistics.measures = on
    },
  }
}
