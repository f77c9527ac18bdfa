// What a run of the suite found of an engine, case by case.
import type { EngineCapabilities } from '../contract/capabilities.ts'

export interface ConformanceRun {
  /** Of the engine, as the suite was declared for it. */
  readonly name: string
  readonly capabilities: EngineCapabilities
  /** Names of cases, in the order in which they were first run. */
  readonly passed: readonly string[]
  readonly failed: readonly string[]
  /** Skipped cases that failed, as they should. */
  readonly excused: readonly { readonly case: string; readonly reason: string }[]
  readonly notApplicable: readonly { readonly case: string; readonly lacks: keyof EngineCapabilities }[]
}

/** Writes down how cases end. One that the runner tries again ends as its last try did. */
export class CaseEnds {
  readonly #failed = new Map<string, boolean>()

  /** The test of a case, which is written down when it is run. */
  noted(name: string, test: () => Promise<void>): () => Promise<void> {
    return async () => {
      this.#failed.set(name, true)
      await test()
      this.#failed.set(name, false)
    }
  }

  /** Names of those that ended so. */
  ended(failed: boolean): string[] {
    return [...this.#failed].filter(([, each]) => each === failed).map(([name]) => name)
  }
}
