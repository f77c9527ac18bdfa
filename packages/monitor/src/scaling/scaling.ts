// Scales the workers of an engine by the load it sees: looks at intervals, decides, does, and keeps what it decided.
import type { Alarm, Clock, ScalingDecision, TaskEngine } from '@catzilla/engine'
import { unsupportedError } from '../errors.ts'
import { resolveScalingOptions } from '../options.ts'
import type { ResolvedScalingOptions, ScalingOptions } from '../options.ts'
import { decide, freshState } from './decide.ts'
import type { LoadSample, ScalingState } from './decide.ts'
import { LoadLooks } from './load-looks.ts'

/** Changes that are kept. */
const KEPT = 100

export type ScalableEngine = Pick<TaskEngine, 'name' | 'state' | 'snapshot' | 'scale'>

export class Scaling {
  readonly #engine: ScalableEngine
  readonly #clock: Clock
  readonly #looks: LoadLooks
  readonly #listeners = new Set<(decision: ScalingDecision) => void>()
  readonly #changes: ScalingDecision[] = []
  #terms: ResolvedScalingOptions = resolveScalingOptions()
  #state: ScalingState = freshState
  #alarm: Alarm | undefined

  constructor(engine: ScalableEngine, clock: Clock) {
    this.#engine = engine
    this.#clock = clock
    this.#looks = new LoadLooks(clock)
  }

  get enabled(): boolean {
    return this.#alarm !== undefined
  }

  /** The latest changes, the oldest first. */
  get changes(): readonly ScalingDecision[] {
    return this.#changes
  }

  /** Calls `listener` for each change, until the returned function is called. */
  onChange(listener: (decision: ScalingDecision) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @throws ConfigurationError, UnsupportedByEngineError */
  enable(options: ScalingOptions = {}): void {
    this.#terms = resolveScalingOptions(options)
    this.#sample()
    this.disable()
    this.#setAlarm()
  }

  disable(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  /** Decides now, whatever was decided last. @throws UnsupportedByEngineError */
  async now(): Promise<ScalingDecision> {
    const sample = this.#sample()
    const { state, decision } = decide(this.#state, sample, this.#terms, true)
    this.#state = state
    await this.#carryOut(decision)
    return decision
  }

  readonly #look = (): void => {
    const { state } = this.#engine
    // one that has not been started has nothing to scale yet; one that ends does not come back
    if (state === 'stopping' || state === 'stopped') return this.disable()
    this.#setAlarm()
    if (state === 'new') return
    const decided = decide(this.#state, this.#sample(), this.#terms)
    this.#state = decided.state
    void this.#carryOut(decided.decision).catch(warn)
  }

  #setAlarm(): void {
    this.#alarm = this.#clock.setAlarm(this.#terms.intervalMs, this.#look)
  }

  async #carryOut(decision: ScalingDecision): Promise<void> {
    if (decision.action === 'stay') return
    const { to, reason } = decision
    await this.#engine.scale({ workers: to, reason: `auto-scaling: ${reason}` })
    this.#changes.push(decision)
    if (this.#changes.length > KEPT) this.#changes.shift()
    for (const listener of this.#listeners) listener(decision)
  }

  #sample(): LoadSample {
    const sample = this.#looks.look(this.#engine.snapshot())
    if (sample !== undefined) return sample
    throw unsupportedError(
      `the ${this.#engine.name} engine has no workers to scale; use engine: 'native', or scale({ inlineConcurrency }) by hand`,
    )
  }
}

function warn(thrown: unknown): void {
  process.emitWarning(`auto-scaling: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
    type: 'CatzillaWarning',
    code: 'CATZILLA_AUTO_SCALING',
  })
}
