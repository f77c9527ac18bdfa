// Random graphs, made with the real builder, and a runner in miniature that answers commands in any order.
import { createTasks } from '@catzilla/api'
import fc from 'fast-check'
import { WorkflowBuilder } from '../src/builder.ts'
import { decide } from '../src/decide/decide.ts'
import type { Command, RunEvent } from '../src/decide/events.ts'
import { ItemState, RunState, StepState } from '../src/decide/run-state.ts'
import { Draft } from '../src/draft.ts'
import type { Graph } from '../src/graph.ts'
import { Candidate, candidatesOf } from '../src/in-c/candidates.ts'
import type { Placeholder } from '../src/placeholder.ts'

// most properties only wire these tasks; those that run them say here what becomes of each call
export const bodies: { call: (args: readonly unknown[]) => unknown } = { call: () => 1 }
const tasks = createTasks({ engine: 'typescript', taskDefaults: { maxRetries: 0 } })
const body = tasks.task({ name: 'body' }, (...args: unknown[]): unknown => bodies.call(args))
const undo = tasks.task({ name: 'undo' }, (...args: unknown[]): unknown => bodies.call(args))

export interface StepSketch {
  readonly kind: 'task' | 'map' | 'loop' | 'compute' | 'all' | 'settled' | 'race' | 'when'
  /** Which of the steps before it are used. */
  readonly uses: readonly number[]
  readonly policy: 'failFast' | 'collect' | 'ignore' | 'fallback' | undefined
  readonly compensates: boolean
  readonly concurrency: number
}

export interface GraphSketch {
  readonly steps: readonly StepSketch[]
  readonly failure: 'failFast' | 'collect' | 'ignore'
  readonly concurrency: number
  readonly outputs: readonly number[]
}

const stepSketch: fc.Arbitrary<StepSketch> = fc.record({
  kind: fc.constantFrom('task', 'task', 'task', 'map', 'loop', 'compute', 'all', 'settled', 'race', 'when'),
  uses: fc.array(fc.nat(20), { maxLength: 3 }),
  policy: fc.constantFrom(undefined, undefined, 'failFast', 'collect', 'ignore', 'fallback'),
  compensates: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 3 }),
})

export const graphSketch: fc.Arbitrary<GraphSketch> = fc.record({
  steps: fc.array(stepSketch, { minLength: 1, maxLength: 14 }),
  failure: fc.constantFrom('failFast', 'collect', 'ignore'),
  concurrency: fc.integer({ min: 1, max: 5 }),
  outputs: fc.array(fc.nat(20), { maxLength: 3 }),
})

export function graphOf({ steps, failure, concurrency, outputs }: GraphSketch): Graph {
  const draft = new Draft('random')
  const w = new WorkflowBuilder(draft)
  const made: Placeholder<unknown>[] = []
  for (const sketch of steps)
    made.push(
      addStep(
        w,
        sketch,
        sketch.uses.flatMap((use) => made[use % made.length] ?? []),
      ),
    )
  const result = outputs.map((output) => made[output % made.length])
  return draft.finish(result, { failure, concurrency })
}

function addStep(w: WorkflowBuilder, sketch: StepSketch, used: readonly Placeholder<unknown>[]): Placeholder<unknown> {
  const { kind, policy, compensates, concurrency } = sketch
  const failing = policy === 'fallback' ? { fallback: 'fallback' } : policy === undefined ? {} : { failure: policy }
  const options = { ...failing, ...(compensates ? { compensate: undo } : {}) }
  const [first] = used
  switch (kind) {
    case 'task':
      return w.step(body, used, options)
    case 'map':
      return w.map([used] as never, body as never, { ...options, concurrency } as never)
    case 'loop':
      return w.loop(body, used, { ...options, until: () => true, maxRounds: 3 })
    case 'compute':
      return w.compute(used, (): unknown => 1, failing)
    case 'all':
      return w.all(used)
    case 'settled':
      return first === undefined ? w.all(used) : w.settled(used)
    case 'race':
      return first === undefined ? w.all(used) : w.race(used, failing)
    case 'when':
      return first === undefined
        ? w.step(body, used, options)
        : w.when(
            first,
            () => w.step(body, [w.step(body, used, options)], options),
            () => w.when(first, () => w.step(body, used, options)),
          )
  }
}

/** Numbers that decide what happens: which command is answered next, and how. */
export interface Fate {
  readonly picks: readonly number[]
  /** Of each ten answers so many are failures. */
  readonly failures: number
  /** Something from outside happens at these events. */
  readonly disturbances: readonly {
    readonly at: number
    readonly type: 'cancelled' | 'timedOut' | 'paused' | 'resumed'
  }[]
}

export const fate: fc.Arbitrary<Fate> = fc.record({
  picks: fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 60 }),
  failures: fc.integer({ min: 0, max: 4 }),
  disturbances: fc.array(
    fc.record({ at: fc.nat(30), type: fc.constantFrom('cancelled', 'timedOut', 'paused', 'resumed', 'resumed') }),
    { maxLength: 3 },
  ),
})

export type Asked = Extract<Command, { step: number; item: number }>

/** Called after each event with what it led to. */
export type Watch = (event: RunEvent, commands: readonly Command[], rig: Rig) => void

/** A runner without tasks: commands wait in a list until fate answers them. */
export class Rig {
  readonly graph: Graph
  readonly state: RunState
  readonly log: RunEvent[] = []
  /** Commands that wait for an answer. */
  readonly open: Asked[] = []
  readonly ends: string[] = []
  /** Tasks that were called off, and may still answer. */
  readonly late: Asked[] = []
  readonly #fate: Fate
  readonly #watch: Watch
  #turn = 0
  #clock = 1000

  constructor(graph: Graph, given: Fate, watch: Watch = () => {}) {
    this.graph = graph
    this.state = new RunState(graph.plan)
    this.#fate = given
    this.#watch = watch
  }

  /** Runs to the end, or until nothing can happen. */
  run(): this {
    this.tell({ type: 'started', at: this.#clock })
    for (let event = 0; event < 2000 && this.ends.length === 0; event++) {
      for (const { at, type } of this.#fate.disturbances) if (at === event) this.disturb(type)
      if (this.ends.length > 0) break
      if (this.open.length > 0) this.answerOne()
      else if (this.state.paused) this.disturb('resumed')
      else break
    }
    return this
  }

  disturb(type: 'cancelled' | 'timedOut' | 'paused' | 'resumed'): void {
    this.tell(type === 'cancelled' ? { type, reason: 'test', at: this.#clock } : { type, at: this.#clock })
  }

  #pick(below: number): number {
    const { picks } = this.#fate
    const pick = picks[this.#turn % picks.length] ?? 0
    return (pick + this.#turn++ * 7) % below
  }

  answerOne(): void {
    // sometimes one that was called off answers all the same
    const isLate = this.late.length > 0 && this.#pick(4) === 0
    const list = isLate ? this.late : this.open
    const [command] = list.splice(this.#pick(list.length), 1)
    if (command === undefined) return
    const isTogether = !isLate && command.type === 'start' && this.#pick(3) === 0
    const kind = this.graph.plan.steps[command.step]?.kind
    if (isTogether && kind === 'task' && !this.#races(command.step)) this.tell(this.#stepsTogether(command.step))
    else if (isTogether && kind === 'map') this.tell(this.#itemsTogether(command.step, command.item))
    else this.tell(this.#answer(command))
  }

  /** As C answers: this step, some of those that run or could, and some of those that need nothing else. */
  #stepsTogether(first: number): RunEvent {
    const { state, graph } = this
    const began = this.#clock
    const steps = [first]
    for (let step = 0; step < graph.steps.length; step++) {
      if (step === first || graph.plan.steps[step]?.kind !== 'task' || this.#races(step)) continue
      const known = state.status[step]
      const may = known === StepState.waiting ? this.#mayFollow(step, steps) : known === StepState.ready
      if ((may || this.open.some((each) => each.step === step)) && this.#pick(3) > 0) steps.push(step)
    }
    this.#drop(({ step }) => steps.includes(step))
    return { type: 'ran', began, steps, values: steps.map((step) => step / 7), at: ++this.#clock }
  }

  #mayFollow(step: number, done: readonly number[]): boolean {
    const { state, graph } = this
    const { needs, guard } = graph.plan.steps[step] ?? { needs: [], guard: undefined }
    if (guard !== undefined && state.pick[guard.choice] !== guard.branch) return false
    return needs.every((need) => done.includes(need) || state.status[need] === StepState.completed)
  }

  /** Whether a race waits for it: those are decided one by one. */
  #races(step: number): boolean {
    return candidatesOf(this.graph).codes[step] === Candidate.races
  }

  #itemsTogether(step: number, first: number): RunEvent {
    const list = this.state.items.get(step)
    const items = [first]
    for (let item = 0; item < (list?.count ?? 0); item++) {
      const isOpen = list?.state[item] === ItemState.running || list?.state[item] === ItemState.waiting
      if (item !== first && isOpen && this.#pick(3) > 0) items.push(item)
    }
    this.#drop((each) => each.step === step && items.includes(each.item))
    return { type: 'ranItems', step, items, values: items.map((item) => item / 7), at: ++this.#clock }
  }

  #drop(isMeant: (command: Asked) => boolean): void {
    for (const command of this.open.filter(isMeant)) this.open.splice(this.open.indexOf(command), 1)
  }

  #answer({ type, step, item }: Asked): RunEvent {
    const at = ++this.#clock
    const fails = this.#pick(10) < this.#fate.failures
    switch (type) {
      case 'choose':
        return { type: 'chosen', step, branch: this.#pick(2), at }
      case 'expand':
        return fails
          ? { type: 'failed', step, item: 0, error: new Error('no list'), at }
          : { type: 'expanded', step, count: this.#pick(6), at }
      case 'check':
        return { type: 'checked', step, again: this.#pick(2) === 0, at }
      case 'compensate':
        return fails
          ? { type: 'compensationFailed', step, item, error: new Error('undo'), at }
          : { type: 'compensated', step, item, at }
      case 'start':
      case 'compute':
        return fails
          ? { type: 'failed', step, item, error: new Error('step'), at }
          : { type: 'completed', step, item, value: `${step}/${item}`, at }
    }
  }

  tell(event: RunEvent): void {
    this.log.push(event)
    const commands = decide(this.graph.plan, this.state, event)
    for (const command of commands) this.#take(command)
    this.#watch(event, commands, this)
  }

  #take(command: Command): void {
    if (command.type === 'end') this.ends.push(command.end)
    else if (command.type === 'cancelAll') this.late.push(...this.open.splice(0))
    else if (command.type === 'cancel') {
      for (const each of this.open.filter(({ step }) => step === command.step)) {
        this.open.splice(this.open.indexOf(each), 1)
        this.late.push(each)
      }
    } else this.open.push(command)
  }
}
