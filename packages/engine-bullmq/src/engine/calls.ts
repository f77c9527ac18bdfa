// Calls and definitions: what the user gave, and what the local engine that runs a body gets of it.
import { TaskDefinitionError, UnknownTaskError, UnsupportedByEngineError, bodyOfRows, rowByRow } from '@catzilla/engine'
import type { ResolvedTaskOptions, RowBody, TaskCall, TaskDefinition } from '@catzilla/engine'
import { ownOptions } from '../format/records.ts'
import type { TaskJob } from '../format/records.ts'
import { restoreValue, storeValue } from '../format/values.ts'
import type { StoredValue } from '../format/values.ts'

/** Done by the broker, or by the submitting process: the local engine runs one attempt, and that is all. */
const oneAttempt: Partial<ResolvedTaskOptions> = {
  delayMs: 0,
  runAt: undefined,
  maxRetries: 0,
  expireAfterMs: undefined,
  concurrency: undefined,
  limits: undefined,
  uniqueKey: undefined,
  signal: undefined,
  onSuccess: undefined,
  onFailure: undefined,
  onRetry: undefined,
  keepResultMs: 0,
}

/** What is worked out once per call. */
export interface KnownCall {
  readonly call: TaskCall
  /** Of its options, those that its definition does not say; undefined: none. */
  readonly stored: StoredValue | undefined
}

/** Kinds of calls of other processes to remember for each name. */
const MOST_KINDS = 100

export class Calls {
  readonly #engineName: string
  readonly #lanes: ReadonlySet<string>
  readonly #definitions = new Map<string, TaskDefinition>()
  readonly #known = new WeakMap<TaskCall, KnownCall>()
  readonly #inner = new WeakMap<TaskCall, TaskCall>()
  /** Calls of other processes, by name and options. */
  readonly #foreign = new Map<string, Map<string, TaskCall>>()

  /** @param lanes that the local engine has */
  constructor(engineName: string, lanes: ReadonlySet<string>) {
    this.#engineName = engineName
    this.#lanes = lanes
  }

  get names(): IterableIterator<string> {
    return this.#definitions.keys()
  }

  define(definition: TaskDefinition): void {
    this.#definitions.set(definition.name, definition)
    this.#foreign.delete(definition.name)
  }

  definitionOf(name: string): TaskDefinition | undefined {
    return this.#definitions.get(name)
  }

  /** @throws UnknownTaskError, TaskDefinitionError, UnsupportedByEngineError */
  know(call: TaskCall): KnownCall {
    const found = this.#known.get(call)
    if (found !== undefined) return found
    const definition = this.#definitions.get(call.name)
    this.#check(call, definition)
    const own = ownOptions(call, definition?.options)
    const known = { call, stored: Object.keys(own).length === 0 ? undefined : storeValue(own) }
    this.#known.set(call, known)
    return known
  }

  /** One attempt of the call. */
  innerOf(call: TaskCall): TaskCall {
    const found = this.#inner.get(call)
    if (found !== undefined) return found
    const inner = Object.freeze({ ...call, options: this.innerOptions(call.options) })
    this.#inner.set(call, inner)
    return inner
  }

  innerOptions(options: ResolvedTaskOptions): ResolvedTaskOptions {
    return Object.freeze({ ...options, ...oneAttempt })
  }

  /** The call of a task that another process submitted; undefined while no task of its name is defined here. */
  ofStored(name: string, options: StoredValue | undefined, columns?: TaskJob['columns']): TaskCall | undefined {
    const definition = this.#definitions.get(name)
    if (definition === undefined) return undefined
    let kinds = this.#foreign.get(name)
    if (kinds === undefined || kinds.size > MOST_KINDS) this.#foreign.set(name, (kinds = new Map<string, TaskCall>()))
    const kind = `${columns ?? ''} ${options === undefined ? '' : JSON.stringify(options)}`
    const found = kinds.get(kind)
    if (found !== undefined) return found
    const { kernel, facts } = definition
    const own = options === undefined ? {} : (restoreValue(options) as Partial<ResolvedTaskOptions>)
    const made: TaskCall = Object.freeze({
      name,
      options: Object.freeze({ ...definition.options, ...own }),
      ...(kernel === undefined ? {} : { kernel }),
      ...(facts === undefined ? {} : { facts }),
      ...(columns === undefined ? {} : shapeOf(columns, definition)),
    })
    kinds.set(kind, made)
    return made
  }

  #check(call: TaskCall, definition: TaskDefinition | undefined): void {
    const { name, options } = call
    if (definition === undefined && call.handler === undefined) {
      throw new UnknownTaskError(`no task named '${name}' is registered; define it with task() first`)
    }
    if (definition === undefined) {
      throw new UnsupportedByEngineError(
        `task '${name}': the ${this.#engineName} engine runs tasks in any process, which finds their bodies by name; register it first, with task()`,
      )
    }
    const isOther = call.handler !== undefined && call.handler !== definition.handler
    if (isOther && bodyOfRows(call.handler ?? {}) !== definition.handler) {
      throw new TaskDefinitionError(
        `task '${name}': another function is defined under that name, which is what workers would run; define this one with task() under a name of its own`,
      )
    }
    if (options.limits?.key !== undefined) {
      throw new UnsupportedByEngineError(
        `task '${name}': limits.key is not supported by the ${this.#engineName} engine, whose broker limits whole queues; use limits without a key, or a task of its own for each key`,
      )
    }
    this.checkLane(name, options)
  }

  /** @throws UnsupportedByEngineError */
  checkLane(name: string, options: Pick<ResolvedTaskOptions, 'lane'>): void {
    if (!this.#lanes.has(options.lane)) {
      throw new UnsupportedByEngineError(
        `task '${name}': the ${this.#engineName} engine has no ${options.lane} lane here; use one of ${[...this.#lanes].join(', ')}`,
      )
    }
  }
}

/** What stands in the job of a call over columns. */
export function columnsOf({ columns, rows, handler }: TaskCall): TaskJob['columns'] {
  if (columns === true) return 'kernel'
  if (rows === true) return 'lane'
  return handler !== undefined && bodyOfRows(handler) !== undefined ? 'rows' : undefined
}

function shapeOf(columns: NonNullable<TaskJob['columns']>, { name, handler }: TaskDefinition): Partial<TaskCall> {
  if (columns === 'kernel') return { columns: true }
  if (columns === 'lane') return { rows: true }
  // as it was defined: only bodies of numbers are called so
  return { handler: rowByRow(name, handler as unknown as RowBody) }
}
