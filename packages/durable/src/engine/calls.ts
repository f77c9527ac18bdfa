// Calls and definitions, seen from both sides: what the user gave, what the engine inside gets of it, and what is stored.
import { createHash } from 'node:crypto'
import { TaskDefinitionError, UnknownTaskError, UnsupportedByEngineError, bodyOfRows, rowByRow } from '@catzilla/engine'
import type { ResolvedTaskOptions, RowBody, TaskCall, TaskDefinition } from '@catzilla/engine'
import { packKind } from '../format/records.ts'
import type { StoredTask, TaskForm } from '../format/records.ts'

/** Options that mean something in this process only. */
const unstored = new Set<keyof ResolvedTaskOptions>(['signal', 'onSuccess', 'onFailure', 'onRetry'])

/** What is worked out once per call. */
export interface KnownCall {
  readonly call: TaskCall
  /** What the engine inside gets: it calls back before the end is recorded, so the callbacks of the end stay here. */
  readonly inner: TaskCall
  /** The same for arguments that have been copied already; null where they have to cross to a thread or a process, and are copied there. */
  readonly withCopies: TaskCall | null
  /** What the records of its tasks have in common: the options that its definition does not say, as far as they can be stored. */
  readonly kind: Uint8Array
  /** The key of its unique key in the store; null when it has none. */
  readonly unique: string | null
}

export class Calls {
  readonly #engineName: string
  readonly #definitions = new Map<string, TaskDefinition>()
  readonly #known = new WeakMap<TaskCall, KnownCall>()
  /** Mostly the same call is made again. */
  #latest: KnownCall | undefined

  constructor(engineName: string) {
    this.#engineName = engineName
  }

  define(definition: TaskDefinition): void {
    this.#definitions.set(definition.name, definition)
  }

  has(name: string): boolean {
    return this.#definitions.has(name)
  }

  /** @throws UnknownTaskError, UnsupportedByEngineError, TaskDefinitionError for a body that no later process would find */
  know(call: TaskCall): KnownCall {
    if (this.#latest?.call === call) return this.#latest
    const found = this.#known.get(call)
    if (found !== undefined) return (this.#latest = found)
    const definition = this.#definitions.get(call.name)
    if (definition === undefined && call.handler === undefined) {
      throw new UnknownTaskError(`no task named '${call.name}' is registered; define it with task() first`)
    }
    if (definition === undefined) {
      throw new UnsupportedByEngineError(
        `task '${call.name}': the ${this.#engineName} engine keeps its tasks across crashes, and finds their bodies by name; register it first, with task()`,
      )
    }
    const body = bodyOf(call)
    if (body !== undefined && body !== definition.handler) {
      if (body !== call.handler) {
        throw new TaskDefinitionError(
          `task '${call.name}': mapArrays with an input schema cannot be durable: the check of each row would be missing after a crash; check the rows in the body`,
        )
      }
      throw new TaskDefinitionError(
        `task '${call.name}': another function is defined under that name, which is what would run after a crash; define this one with task() under a name of its own`,
      )
    }
    const known = this.#make(call, definition)
    this.#known.set(call, known)
    return known
  }

  /** The call of a stored task; undefined while no task of its name is defined. */
  ofStored({ name, priority, options, form }: StoredTask): KnownCall | undefined {
    const definition = this.#definitions.get(name)
    if (definition === undefined) return undefined
    const { kernel } = definition
    const call: TaskCall = Object.freeze({
      name,
      options: Object.freeze({ ...definition.options, ...options, priority }),
      ...(kernel === undefined ? {} : { kernel }),
      ...partsOf(form, definition),
    })
    return this.#make(call, definition)
  }

  /** @throws UnknownTaskError */
  require(stored: StoredTask): KnownCall {
    const known = this.ofStored(stored)
    if (known !== undefined) return known
    const { name, taskId } = stored
    throw new UnknownTaskError(`no task named '${name}' is defined here; define it, then submit ${taskId} again`)
  }

  #make(call: TaskCall, definition: TaskDefinition): KnownCall {
    const { options } = call
    const inner: TaskCall = Object.freeze({ ...call, options: withoutEnds(options) })
    const { uniqueKey } = options
    return {
      call,
      inner,
      withCopies: options.lane === 'inline' ? Object.freeze({ ...inner, byReference: true as const }) : null,
      kind: packKind({
        name: call.name,
        options: ownOptions(options, definition.options),
        form: formOf(call),
      }),
      unique: uniqueKey === undefined ? null : uniqueDigest(call.name, uniqueKey),
    }
  }
}

/** Neither the name nor the key of a user stands in a key of the store. */
export function uniqueDigest(name: string, uniqueKey: string): string {
  return createHash('sha256').update(name).update('\0').update(uniqueKey).digest('base64url')
}

export function withoutEnds(options: ResolvedTaskOptions): ResolvedTaskOptions {
  if (options.onSuccess === undefined && options.onFailure === undefined) return options
  return Object.freeze({ ...options, onSuccess: undefined, onFailure: undefined })
}

/** What runs for each row where the arguments are columns, else what runs. */
function bodyOf({ handler }: TaskCall): unknown {
  return handler === undefined ? undefined : (bodyOfRows(handler) ?? handler)
}

function formOf({ columns, handler, rows }: TaskCall): TaskForm {
  if (columns === true) return 'columns'
  if (rows === true) return 'rows'
  return handler !== undefined && bodyOfRows(handler) !== undefined ? 'rowByRow' : 'plain'
}

/** What a call of that form has beside its options. */
function partsOf(form: TaskForm, { name, handler }: TaskDefinition): Partial<TaskCall> {
  if (form === 'plain') return {}
  if (form === 'rows') return { handler, rows: true }
  const overRows = rowByRow(name, handler as RowBody)
  return form === 'columns' ? { handler: overRows, columns: true } : { handler: overRows }
}

function ownOptions(options: ResolvedTaskOptions, defined: ResolvedTaskOptions): Partial<ResolvedTaskOptions> {
  const own = Object.entries(options).filter(([name, value]) => {
    const key = name as keyof ResolvedTaskOptions
    return !unstored.has(key) && value !== defined[key] && isData(value)
  })
  return Object.fromEntries(own)
}

/** Functions are found again by the name of the task, in its definition. */
function isData(value: unknown): boolean {
  if (typeof value === 'function') return false
  return typeof value !== 'object' || value === null || Object.values(value).every((each) => typeof each !== 'function')
}
