// One run: takes events, has the store keep them, asks `decide`, and does what it says.
import type { TaskResult } from '@catzilla/api'
import { toError } from '@catzilla/api/extend'
import type { Clock } from '@catzilla/api/extend'
import { decide } from './decide/decide.ts'
import { toRecord } from './decide/events.ts'
import type { Command, RunEnd, RunEvent } from './decide/events.ts'
import { RunState, StepState } from './decide/run-state.ts'
import { Flights } from './flights.ts'
import type { Caller, Definition, Graph, Runnable } from './graph.ts'
import { candidatesOf } from './in-c/candidates.ts'
import { explainRun } from './in-c/explain.ts'
import type { RunExplanation } from './in-c/explain.ts'
import { Regions } from './in-c/regions.ts'
import { replayEvents } from './replay.ts'
import { RunValues } from './run-values.ts'
import type { WorkflowStore } from './store.ts'

/** Whoever wants to know how a run goes. */
export interface RunObserver {
  /** A task of the step was started; `item` is given for an item of a map, and a round of a loop. */
  started(step: number, item: number | undefined): void
  /** Somebody listens to each step. */
  readonly isWatched: boolean
  itemSettled(step: number, item: number, error: Error | undefined): void
  settled(step: number): void
  ended(end: RunEnd): void
  /** The engine or the store is gone: the run stops here, and its record stays as it is. */
  interrupted(error: Error): void
}

export interface RunParts {
  readonly runId: string
  readonly graph: Graph
  readonly input: unknown
  readonly clock: Clock
  readonly store: WorkflowStore | undefined
  readonly observer: RunObserver
  readonly startChild: (definition: Definition, input: unknown, parent: Parent) => TaskResult<unknown>
}

/** The run, and the step of it, that another run is. */
export interface Parent {
  readonly runId: string
  readonly stepId: string
}

export class Run {
  readonly runId: string
  readonly graph: Graph
  readonly state: RunState
  readonly values: RunValues
  readonly #clock: Clock
  readonly #store: WorkflowStore | undefined
  readonly #observer: RunObserver
  readonly #startChild: RunParts['startChild']
  readonly #flights: Flights
  /** What C runs; null where no step can run there. */
  readonly #regions: Regions | null
  #events: RunEvent[] = []
  #busy = false
  #stopped = false
  /** Steps that have settled with the event that is being dealt with. */
  readonly #changed: number[] = []

  constructor({ runId, graph, input, clock, store, observer, startChild }: RunParts) {
    this.runId = runId
    this.graph = graph
    this.state = new RunState(graph.plan)
    this.values = new RunValues(graph, this.state, input)
    this.#clock = clock
    this.#store = store
    this.#observer = observer
    this.#startChild = startChild
    this.#flights = new Flights((error) => this.interrupt(error))
    this.#regions = candidatesOf(graph).any ? this.#makeRegions() : null
  }

  #makeRegions(): Regions {
    const { graph, state, values } = this
    return new Regions({
      graph,
      state,
      values,
      flights: this.#flights,
      now: () => this.now,
      isWatched: () => this.#observer.isWatched,
      isStopped: () => this.#stopped,
      tell: (event) => this.tell(event),
      startAlone: (step, item) => this.#submit(step, item),
    })
  }

  /** Which of its steps C ran, and why it did not run the others. */
  explain(): RunExplanation {
    return explainRun(this.graph, this.state, this.#regions)
  }

  /** Epoch milliseconds. */
  get now(): number {
    return this.#clock.epochMs()
  }

  /** Something has happened. It is dealt with at once, or when the store has it. */
  tell(event: RunEvent): void {
    if (this.#stopped) return
    this.#events.push(event)
    if (!this.#busy) this.#work()
  }

  /** Takes up a run from its record: what had been asked for, and has not been answered, is asked for again. */
  replay(events: readonly RunEvent[]): void {
    this.#busy = true
    this.#obeyAll(replayEvents(this.graph.plan, this.state, this.values, events))
    this.#work()
  }

  /** Stops where it is, without an end: whatever was in flight is called off, and the record stays. */
  interrupt(error: Error): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#events = []
    this.#flights.cancel('the run was interrupted', () => true)
    this.#observer.interrupted(error)
  }

  #work(): void {
    this.#busy = true
    while (this.#events.length > 0) {
      const events = this.#events
      this.#events = []
      const written = this.#write(events)
      if (written !== undefined) {
        void this.#workLater(written, events)
        return
      }
      for (const event of events) this.#apply(event)
    }
    this.#busy = false
  }

  async #workLater(written: Promise<void>, events: readonly RunEvent[]): Promise<void> {
    try {
      await written
    } catch (thrown) {
      return this.interrupt(toError(thrown))
    }
    for (const event of events) this.#apply(event)
    this.#work()
  }

  #write(events: readonly RunEvent[]): Promise<void> | undefined {
    try {
      return this.#store?.append(this.runId, events.map(toRecord)) ?? undefined
    } catch (thrown) {
      this.interrupt(toError(thrown))
      return undefined
    }
  }

  #apply(event: RunEvent): void {
    if (this.#stopped) return
    this.values.absorb(event)
    const { isWatched } = this.#observer
    const followers = isWatched ? this.#followersIn(event) : undefined
    const commands = decide(this.graph.plan, this.state, event, isWatched ? this.#changed : undefined)
    this.#report(event, followers)
    this.#regions?.release(event)
    this.#obeyAll(commands)
  }

  #obeyAll(commands: readonly Command[]): void {
    if (commands.length > 0 && !this.#stopped) this.#regions?.take(commands)
    for (const command of commands) this.#obey(command)
  }

  /** Steps that C began by itself: nobody was told that they started. */
  #followersIn(event: RunEvent): ReadonlySet<number> | undefined {
    if (event.type !== 'ran') return undefined
    return new Set(Array.from(event.steps).filter((step) => (this.state.status[step] ?? 0) < StepState.running))
  }

  #report(event: RunEvent, followers: ReadonlySet<number> | undefined): void {
    if (event.type === 'paused') this.#flights.passOn('pause')
    if (event.type === 'resumed') this.#flights.passOn('resume')
    if ((event.type === 'completed' || event.type === 'failed') && this.state.items.has(event.step)) {
      this.#observer.itemSettled(event.step, event.item, event.type === 'failed' ? event.error : undefined)
    }
    if (event.type === 'ranItems' && this.#observer.isWatched) {
      for (const item of Array.from(event.items)) this.#observer.itemSettled(event.step, item, undefined)
    }
    for (const step of this.#changed) {
      if (followers?.has(step) === true) this.#observer.started(step, undefined)
      this.#observer.settled(step)
    }
    this.#changed.length = 0
  }

  #obey(command: Command): void {
    if (this.#stopped) return
    switch (command.type) {
      case 'start':
        return this.#start(command.step, command.item)
      case 'expand':
      case 'choose':
      case 'compute':
      case 'check':
        return this.#answer(command.type, command.step, command.item)
      case 'compensate':
        return this.#compensate(command.step, command.item)
      case 'cancel': {
        const reason = `step '${this.values.step(command.step).id}' was called off`
        return this.#flights.cancel(reason, (key) => this.#isOfStep(key, command.step))
      }
      case 'cancelAll':
        return this.#flights.cancel(`the run of workflow '${this.graph.name}' is over`, () => true)
      case 'end':
        return this.#observer.ended(command.end)
    }
  }

  /** What can be answered here and now; what the functions of users throw is a failure of the step. */
  #answer(type: 'expand' | 'choose' | 'compute' | 'check', step: number, item: number): void {
    const at = this.now
    try {
      const answer = this.values.answer(type, step, item)
      this.#events.push({ ...answer, step, at })
    } catch (thrown) {
      this.#events.push({ type: 'failed', step, item, error: toError(thrown), at })
    }
    if (!this.#busy) this.#work()
  }

  #isOfStep(key: number, step: number): boolean {
    return key < 0 ? this.#regions?.isOf(key, step) === true : key % this.graph.steps.length === step
  }

  #start(step: number, item: number): void {
    this.#observer.started(step, this.#itemOf(step, item))
    if (this.#regions?.has(step, item) !== true) this.#submit(step, item)
  }

  #submit(step: number, item: number): void {
    let args: readonly unknown[]
    try {
      args = this.values.startArgs(step, item)
    } catch (thrown) {
      // a getter of a user's
      return this.tell({ type: 'failed', step, item, error: toError(thrown), at: this.now })
    }
    const key = step + item * this.graph.steps.length
    const caller = this.#caller(step, item, '')
    this.#flights.submit(key, this.values.step(step).body as Runnable, args, caller, (outcome) => {
      const at = this.now
      if (outcome.status === 'completed') this.tell({ type: 'completed', step, item, value: outcome.value, at })
      else this.tell({ type: 'failed', step, item, error: outcome.error, at })
    })
  }

  #compensate(step: number, item: number): void {
    const caller = this.#caller(step, item, '.undo')
    const args = this.values.compensationArgs(step, item)
    // one at a time, and nothing else is under way then
    this.#flights.submit(step, this.values.step(step).rare.compensate as Runnable, args, caller, (outcome) => {
      const at = this.now
      if (outcome.status === 'completed') this.tell({ type: 'compensated', step, item, at })
      else this.tell({ type: 'compensationFailed', step, item, error: outcome.error, at })
    })
  }

  #caller(step: number, item: number, suffix: string): Caller {
    const startChild = (definition: Definition, input: unknown): TaskResult<unknown> => {
      const { runId } = this
      return this.#startChild(definition, input, { runId, stepId: `${this.#nameOf(step, item)}${suffix}` })
    }
    // a task of it that an earlier process has left is gone on with, and not started a second time
    const isKept = this.#store !== undefined
    const key = isKept ? `workflow:${this.runId}:${this.#nameOf(step, item)}${suffix}` : undefined
    return { startChild, key }
  }

  #itemOf(step: number, item: number): number | undefined {
    const { kind } = this.values.step(step)
    return kind === 'map' || kind === 'loop' ? item : undefined
  }

  #nameOf(step: number, item: number): string {
    const { id } = this.values.step(step)
    return this.#itemOf(step, item) === undefined ? id : `${id}.${item}`
  }
}
