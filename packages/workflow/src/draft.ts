// The graph while it grows: ids, dependencies, and which branch each step is in.
import { WorkflowError } from '@catzilla/api'
import { describeValue, nearest } from '@catzilla/api/extend'
import type { FailurePolicy, Guard, StepKind } from './decide/plan.ts'
import { checkGraph, requireInScope } from './graph-check.ts'
import { Step, makeGraph } from './graph.ts'
import type { Graph, GraphTerms, RareParts, Runnable } from './graph.ts'
import { inputPlaceholder, originOf, stepPlaceholder } from './placeholder.ts'
import type { Origin, Placeholder } from './placeholder.ts'
import { compensationOf } from './runnable.ts'
import { compileTemplate } from './wiring.ts'
import type { Template } from './wiring.ts'

/** What a kind of step is made of, before it is wired. */
interface StepParts extends Pick<RareParts, 'label' | 'fn' | 'concurrency' | 'rounds'> {
  readonly kind: StepKind
  readonly body?: Runnable
}

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

/** Steps that another one needs. */
interface Needs {
  readonly list: number[]
  readonly add: (step: number) => void
}

interface Branch {
  readonly template: Template
  readonly needs: readonly number[]
}

export class Draft {
  readonly name: string
  /** What placeholders know of the workflow: they may outlive its building. */
  readonly #owner = {}
  /** For each step the number of the list of needs that it was last put on. */
  readonly #listed: number[] = []
  #lists = 0
  readonly #steps: Step[] = []
  readonly #byId = new Map<string, number>()
  /** How often a name was given out as an id. */
  readonly #taken = new Map<string, number>()
  /** Ids that `after` names, which may come later. */
  readonly #pending: { readonly step: number; readonly id: string }[] = []
  #finished = false

  constructor(name: string) {
    this.name = name
  }

  /** @throws WorkflowError */
  add(
    { kind, body, ...own }: StepParts,
    args: readonly unknown[],
    wiring: Wiring | undefined,
    guard: Guard | undefined,
  ): Added {
    const id = this.#claim(wiring?.id, body?.name ?? own.label ?? kind)
    if (!Array.isArray(args)) throw this.#wrong(id, `its arguments must be a list, got ${describeValue(args)}`)
    const needs = this.#needsOf(guard)
    const templates = args.map((arg) => this.#compile(arg, id, guard, needs))
    const step = this.#steps.length
    for (const other of wiring?.after ?? []) this.#wait(step, id, other, guard, needs)
    this.#steps.push(
      new Step(id, kind, { needs: needs.list.slice(), guard, args: templates }, body, rareOf(own, wiring)),
    )
    return { step, id, placeholder: stepPlaceholder(this.#owner, step, id) }
  }

  /** What a branch gives, wired inside of it. */
  compileBranch(result: unknown, guard: Guard): Branch {
    const needs = this.#needsOf(undefined)
    const template = this.#compile(result, `branch of ${this.#idOf(guard.choice)}`, guard, needs)
    return { template, needs: needs.list }
  }

  /** The step in which the branches of a choice come together. */
  merge(choice: number, branches: readonly unknown[], id: string, guard: Guard | undefined): Placeholder<unknown> {
    const both = branches as readonly Branch[]
    const needs = this.#needsOf(guard)
    for (const need of [choice, ...both.flatMap((each) => each.needs)]) needs.add(need)
    const step = this.#steps.length
    const claimed = this.#claim(id, id)
    const args = both.map(({ template }) => template)
    this.#steps.push(
      new Step(claimed, 'merge', { needs: needs.list, guard, args }, undefined, { label: 'either', choice }),
    )
    return stepPlaceholder(this.#owner, step, claimed)
  }

  /**
   * Checks the whole and makes the graph.
   * @throws WorkflowError for a cycle (with its path), an unknown id, a step out of reach, a workflow without steps
   */
  finish(result: unknown, terms: GraphTerms): Graph {
    this.#finished = true
    const needs = this.#needsOf(undefined)
    const template = this.#compile(result, 'the result', undefined, needs)
    for (const { step, id } of this.#pending) this.#resolve(step, id)
    const order = checkGraph(this.name, this.#steps)
    return makeGraph(this.name, this.#steps, { template, needs: needs.list }, order, terms)
  }

  /** The input of the workflow, while it is built. */
  get input(): unknown {
    return inputPlaceholder(this.#owner)
  }

  /** A placeholder for a step that is yet to be added. */
  expected(step: number, id: string): Placeholder<unknown> {
    return stepPlaceholder(this.#owner, step, id)
  }

  /** A list on which each step stands once, however many there are. */
  #needsOf(guard: Guard | undefined): Needs {
    const number = ++this.#lists
    const list: number[] = []
    const add = (step: number): void => {
      if (this.#listed[step] === number) return
      this.#listed[step] = number
      list.push(step)
    }
    if (guard !== undefined) add(guard.choice)
    return { list, add }
  }

  #claim(asked: string | undefined, label: string): string {
    if (this.#finished) {
      throw new WorkflowError(
        `workflow '${this.name}' is built: step '${asked ?? label}' comes too late; add it before the function that builds returns`,
      )
    }
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
    let id = count === 1 ? label : numbered(label, count)
    while (this.#byId.has(id)) id = numbered(label, ++count)
    this.#taken.set(label, count)
    this.#byId.set(id, this.#steps.length)
    return id
  }

  #compile(value: unknown, user: string, guard: Guard | undefined, needs: Needs): Template {
    return compileTemplate(value, (origin) => this.#meet(origin, user, guard, needs))
  }

  #meet({ owner, step }: Origin, user: string, guard: Guard | undefined, needs: Needs): void {
    if (owner !== this.#owner) {
      throw this.#wrong(
        user,
        'it uses a placeholder of another workflow; hand the value over as the input of that workflow',
      )
    }
    if (step < 0) return
    requireInScope(this.name, this.#steps, step, user, guard)
    needs.add(step)
  }

  #wait(step: number, id: string, other: unknown, guard: Guard | undefined, needs: Needs): void {
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

const nothingRare: RareParts = {}

function rareOf(own: RareParts, wiring: Wiring | undefined): RareParts {
  if (wiring === undefined && Object.keys(own).length === 0) return nothingRare
  const { failure, compensate } = wiring ?? {}
  return {
    ...own,
    ...(compensate === undefined ? {} : { compensate: compensationOf(compensate) }),
    ...(failure === undefined ? {} : { failure }),
    ...(wiring !== undefined && 'fallback' in wiring ? { fallback: { value: wiring.fallback } } : {}),
  }
}

/** Joined, and not concatenated: that makes one string in one piece, and there may be a hundred thousand. */
function numbered(label: string, count: number): string {
  return [label, count].join('#')
}
