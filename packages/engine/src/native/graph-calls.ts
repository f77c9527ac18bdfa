// Which calls may be steps of a graph, and the calls by which graphs themselves are tasks.
import type { GraphTerms } from '../contract/call-graph.ts'
import type { EngineEventType } from '../contract/events.ts'
import type { ResolvedTaskOptions } from '../contract/resolved-task-options.ts'
import type { TaskCall } from '../contract/task.ts'
import { defaultTaskOptions } from '../options/task-options.ts'
import type { EventStream } from '../support/event-stream.ts'
import type { NamedTask } from '../typescript/plan.ts'

/** Told of each task that goes well: who listens to these gets them from tasks of their own. */
const eventsOfTasks: readonly EngineEventType[] = ['scheduled', 'queued', 'started', 'completed']

/** Options that need a task of its own, as people know them. Those that matter when it fails do not: what fails in C is run again. */
const ofTasks: readonly (readonly [what: string, isAsked: (options: ResolvedTaskOptions) => boolean])[] = [
  ['delayMs', ({ delayMs }) => delayMs > 0],
  ['runAt', ({ runAt }) => runAt !== undefined],
  ['expireAfterMs', ({ expireAfterMs }) => expireAfterMs !== undefined],
  ['uniqueKey', ({ uniqueKey }) => uniqueKey !== undefined],
  ['concurrency', ({ concurrency }) => concurrency !== undefined],
  ['limits', ({ limits }) => limits !== undefined],
  ['signal', ({ signal }) => signal !== undefined],
  ['onSuccess', ({ onSuccess }) => onSuccess !== undefined],
]

/** Why a call is no step of a graph, as far as its options and its name go; undefined when it may be one. */
export function whyNoStep({ options, kernel }: TaskCall, named: NamedTask, events: EventStream): string | undefined {
  if (kernel !== undefined) return 'it is a kernel, and how long it runs is not known'
  if (options.lane !== 'inline') return `it is to run on the ${options.lane} lane`
  if (options.compile === false) return 'it is not to be compiled'
  const option = ofTasks.find(([, isAsked]) => isAsked(options))
  if (option !== undefined) return `its ${option[0]} needs a task of its own`
  if (named.gate !== null || named.keyGates !== null) return 'tasks of its name are limited, or paused'
  const event = eventsOfTasks.find((type) => events.wants(type))
  return event === undefined ? undefined : `somebody listens to '${event}' of each task`
}

/** So many calls of graphs are remembered. */
const KEPT = 64

export class GraphCalls {
  readonly #calls = new Map<string, TaskCall>()

  /** @param first the call of the first step: a graph is a task of its kernel */
  callFor({ name, priority }: GraphTerms, { kernel }: TaskCall): TaskCall {
    const key = `${priority} ${name}`
    const known = this.#calls.get(key)
    if (known !== undefined && known.kernel === kernel) return known
    // each is asked for its steps' sake: what they failed at is done again, one by one
    const options = Object.freeze({
      ...defaultTaskOptions,
      priority,
      lane: 'native' as const,
      maxRetries: 0,
      timeoutMs: Infinity,
      keepResultMs: 0,
    })
    const call = Object.freeze({
      name,
      options,
      plain: true as const,
      graph: true as const,
      ...(kernel === undefined ? {} : { kernel }),
    })
    if (this.#calls.size === KEPT) this.#calls.clear()
    this.#calls.set(key, call)
    return call
  }
}
