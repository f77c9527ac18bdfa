// What the engine says of the bodies that steps call. A "no" holds for a while: bodies are compiled while they are called.
import type { GraphStep } from '@catzilla/api/extend'
import type { Runnable } from '../graph.ts'

/** After so many further calls it is asked again. */
const ASK_AGAIN_AFTER = 32
/** So many bodies are remembered: steps with options of their own have each its own. */
const KEPT = 1024

interface Answer {
  readonly args: number
  step: GraphStep
  /** Calls until the engine is asked again. */
  left: number
}

export class Bodies {
  readonly #answers = new Map<Runnable, Answer>()
  #latestBody: Runnable | undefined
  #latest: Answer | undefined

  /** Asks anew about those that may run in C: what holds for them may have changed since the last graph. */
  refresh(): void {
    for (const [body, answer] of this.#answers) if (answer.step.call !== null) this.#answers.delete(body)
    this.#latestBody = undefined
  }

  /** How the body runs on so many numbers. */
  stepOf(body: Runnable, args: number): GraphStep {
    const answer = this.#answerOf(body, args)
    if (answer.step.call === null && --answer.left < 0) this.#ask(body, answer)
    return answer.step
  }

  /** Why the body was not run in C when the engine was asked last; undefined when it was, or never. */
  whyNot(body: Runnable): string | undefined {
    const step = this.#answers.get(body)?.step
    return step === undefined || step.call !== null ? undefined : step.reason
  }

  #answerOf(body: Runnable, args: number): Answer {
    if (body === this.#latestBody && this.#latest?.args === args) return this.#latest
    let answer = this.#answers.get(body)
    if (answer?.args !== args) {
      answer = { args, step: { call: null, reason: '', runMs: Infinity }, left: 0 }
      this.#ask(body, answer)
      if (this.#answers.size === KEPT) this.#answers.clear()
      this.#answers.set(body, answer)
    }
    this.#latestBody = body
    this.#latest = answer
    return answer
  }

  #ask({ inGraphs }: Runnable, answer: Answer): void {
    if (inGraphs !== undefined) answer.step = inGraphs.stepOf(answer.args)
    answer.left = ASK_AGAIN_AFTER
  }
}
