// Plans as C knows them. Calls that differ only in what C does not look at share one, and those that nobody uses are given
// back once there are many.
import type { NativeEngineBinding, NativePlan } from '@catzilla/core-c'

/** Plans kept though no task uses them. C takes 65536. */
const KEPT = 1024

export class CPlan {
  /** Its number, -1 once it was given back. */
  index: number
  /** Slots that C has and that name it. */
  users = 0

  constructor(index: number) {
    this.index = index
  }
}

export class CPlans {
  readonly #binding: NativeEngineBinding
  readonly #byKey = new Map<string, CPlan>()
  readonly #byIndex: CPlan[] = []
  #sweepAt = KEPT

  constructor(binding: NativeEngineBinding) {
    this.#binding = binding
  }

  plan(asked: NativePlan): CPlan {
    const key = Object.values(asked).join(' ')
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    if (this.#byKey.size >= this.#sweepAt) this.#sweep()
    const plan = new CPlan(this.#binding.definePlan(asked))
    this.#byKey.set(key, plan)
    this.#byIndex[plan.index] = plan
    return plan
  }

  /** A slot that named the plan with this number has come back. */
  release(index: number): void {
    const plan = this.#byIndex[index]
    if (plan !== undefined) plan.users--
  }

  #sweep(): void {
    for (const [key, plan] of this.#byKey) {
      if (plan.users > 0) continue
      this.#binding.releasePlan(plan.index)
      this.#byKey.delete(key)
      plan.index = -1
    }
    // those in use stay: looking again too soon would find them again
    this.#sweepAt = Math.max(KEPT, this.#byKey.size * 2)
  }
}
