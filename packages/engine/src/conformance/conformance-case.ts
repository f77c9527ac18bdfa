// One case of the suite, and how it is run: with a deadline, and with a look at what it left behind.
import type { EngineCapabilities } from '../contract/capabilities.ts'
import { toError } from '../contract/errors.ts'
import { Harness } from './harness.ts'
import type { EngineFactory } from './harness.ts'

export interface ConformanceCase {
  /** Unique in the suite; skips name it. */
  readonly name: string
  /** Capabilities that the case makes use of, besides the inline lane. Without them it is not applicable. */
  readonly needs?: readonly (keyof EngineCapabilities)[]
  /** The case runs no body on the inline lane, and so needs none. */
  readonly anyLane?: true
  run(t: Harness): Promise<void>
}

/** A capability whose absence makes the case not applicable; undefined when it applies. */
export function lacking(each: ConformanceCase, capabilities: EngineCapabilities): keyof EngineCapabilities | undefined {
  const needs: readonly (keyof EngineCapabilities)[] = each.anyLane ? [] : ['inlineLane']
  return [...needs, ...(each.needs ?? [])].find((capability) => !capabilities[capability])
}

/** What an engine of this factory can do; the engine made for that is stopped again. */
export async function probeCapabilities(factory: EngineFactory): Promise<EngineCapabilities> {
  const engine = await factory({})
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  return engine.capabilities
}

/**
 * Runs one case. Rejects when it fails, when it is not over in time, or when something is left behind: handles that
 * have not settled, rejections nobody handles, warnings, timers.
 */
export async function runCase(
  each: ConformanceCase,
  factory: EngineFactory,
  capabilities: EngineCapabilities,
  deadlineMs: number,
): Promise<void> {
  // its timer is set before the harness counts those of the process, so that it is not taken for one of the engine's
  const deadline = new Deadline(deadlineMs)
  const harness = new Harness(factory, capabilities, each.needs?.includes('virtualClock') ?? false)
  try {
    const failure = await failureOf(() => deadline.over(each.run(harness), harness))
    deadline.restart()
    const problems = await deadline.over(harness.end(), harness)
    if (failure !== undefined) throw failure
    if (problems.length > 0) throw new Error(`the case went well but left something behind: ${problems.join('; ')}`)
  } finally {
    deadline.cancel()
  }
}

async function failureOf(run: () => Promise<void>): Promise<Error | undefined> {
  try {
    await run()
    return undefined
  } catch (thrown) {
    return toError(thrown)
  }
}

class Deadline {
  readonly #ms: number
  #timer: NodeJS.Timeout
  #ring: () => void = () => {}

  constructor(ms: number) {
    this.#ms = ms
    this.#timer = this.#set()
  }

  /** What `work` gives, or a rejection that says what was waited for. */
  over<T>(work: Promise<T>, harness: Harness): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#ring = () => reject(new Error(`not over after ${this.#ms} ms; it was waiting for ${harness.pending()}`))
      work.then(resolve, reject)
    })
  }

  restart(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#set()
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }

  #set(): NodeJS.Timeout {
    return setTimeout(() => this.#ring(), this.#ms)
  }
}
