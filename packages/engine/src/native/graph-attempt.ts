// A graph of calls in C: its lists on the way there, and what came of its steps.
import type { NativeEngineBinding } from '@catzilla/core-c'
import { StepEnd } from '../contract/call-graph.ts'
import type { CallGraph, CallGraphEnd } from '../contract/call-graph.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'
import type { CPlan } from './c-plans.ts'
import type { KernelPlan } from './kernel-plan.ts'

export class GraphAttempt {
  readonly end: CallGraphEnd
  readonly #graph: CallGraph
  readonly #kernels: readonly KernelPlan[]
  /** In C's hands until it has done with the graph. */
  readonly #plans: readonly CPlan[]

  /** @param kernels those of the calls of the graph */
  constructor(graph: CallGraph, kernels: readonly KernelPlan[]) {
    const steps = graph.stepCalls.length
    this.#graph = graph
    this.#kernels = kernels
    this.end = { results: new Float64Array(steps), ends: new Uint8Array(steps) }
    this.#plans = kernels.map(({ once }) => once)
    for (const plan of this.#plans) plan.users++
  }

  /** Gives C the lists. @throws Error when they are no graph */
  attach(binding: NativeEngineBinding, slot: number): void {
    const { stepCalls, argEnds, argSteps, argNumbers } = this.#graph
    const plans = Uint32Array.from(this.#plans, ({ index }) => index)
    binding.attachGraph(slot, plans, stepCalls, argEnds, argSteps, argNumbers, this.end.results, this.end.ends)
  }

  /** C has done with it. */
  release(): void {
    for (const plan of this.#plans) plan.users--
  }

  /** Counts each step that is done as a task of its name, and tells the bodies of their runs. The answer is how many are done. */
  count({ walk }: WalkParts): number {
    const { done, failed } = this.#endsByCall()
    let all = 0
    this.#kernels.forEach(({ plan, program }, call) => {
      const [ran, gaveUp] = [done[call] ?? 0, failed[call] ?? 0]
      all += ran
      plan.series.submitted += ran
      plan.series.completed += ran
      program?.ran(ran + gaveUp)
      if (gaveUp > 0) program?.bailed(gaveUp)
    })
    walk.statistics.submitted += all
    walk.statistics.completed += all
    return all
  }

  /** How many steps of each call are done, and how many failed. */
  #endsByCall(): { done: Uint32Array; failed: Uint32Array } {
    const done = new Uint32Array(this.#kernels.length)
    const failed = new Uint32Array(this.#kernels.length)
    const { stepCalls } = this.#graph
    const { ends } = this.end
    // mostly all steps are of one call, and are done: that is seen without going through them one by one
    if (this.#kernels.length === 1 && areAllDone(ends)) return { done: done.fill(ends.length), failed }
    for (let step = 0; step < ends.length; step++) {
      const call = stepCalls[step] ?? 0
      if (ends[step] === StepEnd.done) done[call] = (done[call] ?? 0) + 1
      else if (ends[step] === StepEnd.failed) failed[call] = (failed[call] ?? 0) + 1
    }
    return { done, failed }
  }
}

function areAllDone(ends: Uint8Array): boolean {
  return !ends.includes(StepEnd.waiting) && !ends.includes(StepEnd.failed) && !ends.includes(StepEnd.ranTooLong)
}
