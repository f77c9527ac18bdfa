// The graph while it grows: ids, dependencies, and which branch each step is in.
import { WorkflowError } from '@catzilla/api'
import { describeValue, nearest } from '@catzilla/api/extend'
import type { FailurePolicy, Guard } from './decide/plan.ts'
import { checkGraph, requireInScope } from './graph-check.ts'
import { makeGraph } from './graph.ts'
import type { Graph, GraphTerms, Step } from './graph.ts'
import { originOf, stepPlaceholder } from './placeholder.ts'
import type { Origin, Placeholder } from './placeholder.ts'
import { compensationOf } from './runnable.ts'
import { compileTemplate } from './wiring.ts'
import type { Template } from './wiring.ts'

/** What a kind of step is made of, before it is wired. */
type StepParts = Pick<Step, 'kind' | 'label' | 'body' | 'fn' | 'concurrency' | 'rounds'>

/** What options say about the wiring; checked by `readStepOptions`. */
interface Wiring {
  readonly id?: string
  readonly after?: readonly unknown[]
  readonly failure?: FailurePolicy
  readonly fallback?: unknown
  readonly compensate?: unknown
}

interface Added {
  readonly step: number
  readonly id: string
  readonly placeholder: Placeholder<unknown>
}

interface Branch {
  readonly template: Template
  readonly needs: ReadonlySet<number>
}

export class Draft {
  readonly name: string
  readonly #steps: Step[] = []
  readonly #byId = new Map<string, number>()
  /** How often a name was given out as an id. */
  readonly #taken = new Map<string, number>()
  /** Ids that `after` names, which may come later. */
  readonly #pending: { readonly step: number; readonly id: string }[] = []

  constructor(name: string) {
    this.name = name
  }

  /** @throws WorkflowError */
  add(parts: StepParts, args: readonly unknown[], wiring: Wiring, guard: Guard | undefined): Added {
    const id = this.#claim(wiring.id, parts.label)
    if (!Array.isArray(args)) throw this.#wrong(id, `its arguments must be a list, got ${describeValue(args)}`)
    const needs = new Set<number>(guard === undefined ? [] : [guard.choice])
    const templates = args.map((arg) => this.#compile(arg, id, guard, needs))
    const step = this.#steps.length
    for (const other of wiring.after ?? []) this.#wait(step, id, other, guard, needs)
    const { failure, compensate } = wiring
    this.#steps.push({
      ...parts,
      id,
      needs: [...needs],
      guard,
      args: templates,
      ...(compensate === undefined ? {} : { compensate: compensationOf(compensate) }),
      ...(failure === undefined ? {} : { policy: failure }),
      ...('fallback' in wiring ? { fallback: { value: wiring.fallback } } : {}),
    })
    return { step, id, placeholder: stepPlaceholder(this, step, id) }
  }

  /** What a branch gives, wired inside of it. */
  compileBranch(result: unknown, guard: Guard): Branch {
    const needs = new Set<number>()
    const template = this.#compile(result, `branch of ${this.#idOf(guard.choice)}`, guard, needs)
    return { template, needs }
  }

  /** The step in which the branches of a choice come together. */
  merge(choice: number, branches: readonly unknown[], id: string, guard: Guard | undefined): Placeholder<unknown> {
    const both = branches as readonly Branch[]
    const needs = new Set([
      ...(guard === undefined ? [] : [guard.choice]),
      choice,
      ...both.flatMap((each) => [...each.needs]),
    ])
    const step = this.#steps.length
    const claimed = this.#claim(id, id)
    const args = both.map(({ template }) => template)
    this.#steps.push({ kind: 'merge', label: 'either', id: claimed, needs: [...needs], guard, args, choice })
    return stepPlaceholder(this, step, claimed)
  }

  /**
   * Checks the whole and makes the graph.
   * @throws WorkflowError for a cycle (with its path), an unknown id, a step out of reach, a workflow without steps
   */
  finish(result: unknown, terms: GraphTerms): Graph {
    const needs = new Set<number>()
    const template = this.#compile(result, 'the result', undefined, needs)
    for (const { step, id } of this.#pending) this.#resolve(step, id)
    const order = checkGraph(this.name, this.#steps)
    return makeGraph(this.name, this.#steps, { template, needs: [...needs] }, order, terms)
  }

  #claim(asked: string | undefined, label: string): string {
    if (asked !== undefined) {
      if (this.#byId.has(asked)) {
        throw new WorkflowError(
          `workflow '${this.name}': there are two steps with id '${asked}'; give each an id of its own`,
        )
      }
      this.#byId.set(asked, this.#steps.length)
      return asked
    }
    let count = (this.#taken.get(label) ?? 0) + 1
    let id = count === 1 ? label : `${label}#${count}`
    while (this.#byId.has(id)) id = `${label}#${++count}`
    this.#taken.set(label, count)
    this.#byId.set(id, this.#steps.length)
    return id
  }

  #compile(value: unknown, user: string, guard: Guard | undefined, needs: Set<number>): Template {
    return compileTemplate(value, (origin) => this.#meet(origin, user, guard, needs))
  }

  #meet({ owner, step }: Origin, user: string, guard: Guard | undefined, needs: Set<number>): void {
    if (owner !== this) {
      throw this.#wrong(
        user,
        'it uses a placeholder of another workflow; hand the value over as the input of that workflow',
      )
    }
    if (step < 0) return
    requireInScope(this.name, this.#steps, step, user, guard)
    needs.add(step)
  }

  #wait(step: number, id: string, other: unknown, guard: Guard | undefined, needs: Set<number>): void {
    const origin = originOf(other)
    if (origin !== undefined && origin.step >= 0) this.#meet(origin, id, guard, needs)
    else if (typeof other === 'string') this.#pending.push({ step, id: other })
    else throw this.#wrong(id, `after takes steps and ids of steps, got ${describeValue(other)}`)
  }

  #resolve(step: number, id: string): void {
    const { needs, guard, id: user } = this.#steps[step] as Step
    const need = this.#byId.get(id)
    if (need === undefined) {
      const near = nearest(id, [...this.#byId.keys()])
      const hint =
        near === undefined ? `known are ${[...this.#byId.keys()].slice(0, 20).join(', ')}` : `did you mean '${near}'?`
      throw this.#wrong(user, `it waits for '${id}', and there is no such step; ${hint}`)
    }
    requireInScope(this.name, this.#steps, need, user, guard)
    if (!needs.includes(need)) needs.push(need)
  }

  #idOf(step: number): string {
    return this.#steps[step]?.id ?? String(step)
  }

  #wrong(id: string, what: string): WorkflowError {
    return new WorkflowError(`workflow '${this.name}', step '${id}': ${what}`, { workflow: this.name, step: id })
  }
}
