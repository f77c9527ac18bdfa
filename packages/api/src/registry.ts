// The tasks of one `BackgroundTasks` by name, and the calls made for plain functions.
import { isDeepStrictEqual } from 'node:util'
import {
  ConfigurationError,
  TaskDefinitionError,
  UnknownTaskError,
  describeValue,
  nearest,
  resolveTaskOptions,
} from '@catzilla/engine'
import type { KernelReference, ResolvedTaskOptions, TaskHandler } from '@catzilla/engine'
import { factsOf } from './body-facts.ts'
import { findKernel, requireTwin } from './kernel.ts'
import { pinnedToLane } from './pinned-lane.ts'
import type { KernelConfig, LibraryKernelConfig } from './kernel.ts'
import { areInputSchemas, isSchema } from './schema.ts'
import { checkedBody, makeTask, partsOf, withOptions } from './task.ts'
import type { Task, TaskHome, TaskParts } from './task.ts'
import type { TaskConfig } from './task-config.ts'

/** A task whose types are not known here. */
export type AnyTask = Task<readonly unknown[], unknown, unknown>

/** The name of functions that have none. */
export const UNNAMED = 'anonymous'

/** What belongs to a definition, and cannot be said of a call. */
const definingOptions = ['name', 'input', 'output', 'captures', 'signature'] as const

export class Registry {
  readonly #home: TaskHome
  readonly #defaults: ResolvedTaskOptions
  readonly #tasks = new Map<string, AnyTask>()
  /** One call per plain function, so that the engine works out its plan once. */
  readonly #plain = new WeakMap<TaskHandler, TaskParts>()

  constructor(home: TaskHome, defaults: ResolvedTaskOptions) {
    this.#home = home
    this.#defaults = defaults
  }

  get names(): string[] {
    return [...this.#tasks.keys()]
  }

  /** @throws TaskDefinitionError, ConfigurationError */
  define(config: TaskConfig, body: TaskHandler, fallbackName = ''): AnyTask {
    if (typeof body !== 'function') {
      throw new TaskDefinitionError(`a task needs a function as its body, got ${describeValue(body)}`)
    }
    const name = config.name ?? (fallbackName === '' ? body.name : fallbackName)
    requireName(name, body)
    this.#requireFree(name)
    return this.#add(this.#partsFor(name, config, body))
  }

  /**
   * The task over a kernel; the one that is there, when it was defined with the same options before.
   * @throws TaskDefinitionError, ConfigurationError, UnsupportedByEngineError
   */
  defineKernel(kernelName: string, config: KernelConfig | LibraryKernelConfig): AnyTask {
    if (typeof config !== 'object' || config === null || 'output' in config) {
      throw new TaskDefinitionError(
        `kernel ${describeValue(kernelName)} takes the options of a task but output, got ${describeValue(config)}`,
      )
    }
    const { library, ...options } = config
    const { kernel, body, lane } = findKernel(kernelName, library, this.#home.engine)
    const name = options.name ?? kernelName
    const parts = this.#partsFor(name, { ...options, lane: options.lane ?? lane }, body, kernel)
    const there = this.#tasks.get(name)
    if (there !== undefined && isSameKernelTask(partsOf(there), parts)) return there
    this.#requireFree(name)
    return this.#add(parts)
  }

  /** @throws UnknownTaskError */
  get(name: string): AnyTask {
    const task = this.#tasks.get(name)
    if (task !== undefined) return task
    const near = nearest(name, this.names)
    const hint = near === undefined ? 'define it with task() first' : `did you mean '${near}'?`
    throw new UnknownTaskError(`no task named ${describeValue(name)} is defined; ${hint}`)
  }

  /** The parts of a task, or of a plain function as a task of its own name. */
  #partsOfBody(body: TaskHandler, config: TaskConfig | undefined): TaskParts {
    const known = partsOf(body)
    if (known !== undefined) return this.own(known)
    if (typeof body !== 'function') {
      throw new TaskDefinitionError(`addTask takes a task or a function, got ${describeValue(body)}`)
    }
    if (definingOptions.some((option) => config?.[option] !== undefined)) {
      return asPlain(this.#partsFor(config?.name ?? (body.name || UNNAMED), config ?? {}, body))
    }
    let parts = this.#plain.get(body)
    if (parts === undefined) {
      parts = asPlain(this.#partsFor(body.name || UNNAMED, {}, body))
      this.#plain.set(body, parts)
    }
    return parts
  }

  /**
   * What `addTask` submits.
   * @throws TaskDefinitionError, ConfigurationError
   */
  partsForCall(body: TaskHandler, config: TaskConfig | undefined): TaskParts {
    const parts = this.#partsOfBody(body, config)
    this.#requireNamed(parts)
    if (config === undefined) return parts
    if (typeof config !== 'object' || config === null) {
      throw new ConfigurationError(`addTask: the options must be an object, got ${describeValue(config)}`)
    }
    const { name: _, input: __, output: ___, captures: ____, signature: _____, ...options } = config
    const shared = options.uniqueKey ?? options.concurrency ?? options.limits
    if (parts.call.name === UNNAMED && shared !== undefined) {
      throw new ConfigurationError(
        'addTask: uniqueKey, concurrency and limits are for all tasks of a name, and this function has none; give { name }',
      )
    }
    if (partsOf(body) !== undefined && definingOptions.some((option) => config[option] !== undefined)) {
      throw new ConfigurationError(
        `addTask: ${definingOptions.join(', ')} belong to the definition of task '${parts.call.name}'; leave them out`,
      )
    }
    return withOptions(parts, options)
  }

  /** @throws TaskDefinitionError for a task of another `createTasks`, which would run on the engine of that one */
  own(parts: TaskParts): TaskParts {
    if (parts.home === this.#home) return parts
    throw new TaskDefinitionError(
      `task '${parts.call.name}' was defined on other tasks; define it here, or submit it there`,
    )
  }

  /** An engine that runs a task in another process finds its body by its name. */
  #requireNamed({ call }: TaskParts): void {
    if (this.#home.engine.capabilities.adHocTasks || this.#tasks.has(call.name)) return
    throw new TaskDefinitionError(
      `addTask: ${call.name === UNNAMED ? 'this function' : `'${call.name}'`} is no task with a name, and this engine finds bodies by their name after a crash; define it with task({ name }, …) first`,
    )
  }

  #requireFree(name: string): void {
    if (!this.#tasks.has(name)) return
    throw new TaskDefinitionError(
      `task '${name}' is defined already; choose another name, or use the task that is there`,
    )
  }

  #add(parts: TaskParts): AnyTask {
    this.#home.engine.register(parts.call)
    const task: AnyTask = makeTask(parts)
    this.#tasks.set(parts.call.name, task)
    return task
  }

  #partsFor(name: string, config: TaskConfig, body: TaskHandler, kernel?: KernelReference): TaskParts {
    const { name: _, input, output, captures: __, signature: ___, ...options } = config
    requireName(name, body)
    requireCallable(name, body)
    if (input !== undefined && !areInputSchemas(input)) {
      throw new TaskDefinitionError(
        `task '${name}': input must be a Standard Schema, or a list of one for each argument, got ${describeValue(input)}`,
      )
    }
    if (output !== undefined && !isSchema(output)) {
      throw new TaskDefinitionError(`task '${name}': output must be a Standard Schema, got ${describeValue(output)}`)
    }
    const resolved = resolveTaskOptions(pinnedToLane(options), this.#defaults, `task '${name}'`)
    if (kernel !== undefined && resolved.lane !== 'native') requireTwin(name, kernel, `lane: '${resolved.lane}'`)
    const handler = checkedBody(name, body, output)
    const facts = kernel === undefined && handler === body ? factsOf(name, body, config) : undefined
    const call = Object.freeze({
      name,
      options: resolved,
      handler,
      ...(kernel === undefined ? {} : { kernel }),
      ...(facts === undefined ? {} : { facts }),
    })
    return { home: this.#home, call, input }
  }
}

/** Limits, keys and pauses of a task that happens to have the same name are not its own. */
function asPlain(parts: TaskParts): TaskParts {
  return { ...parts, call: Object.freeze({ ...parts.call, plain: true as const }) }
}

function requireName(name: unknown, body: TaskHandler): void {
  if (typeof name === 'string' && name.length > 0 && name.length <= 200) return
  throw new TaskDefinitionError(
    `${describeValue(body)}: a task needs a name of 1..200 characters, got ${describeValue(name)}; give { name: '…' } in its config`,
  )
}

/** Else each of its tasks would fail. */
function requireCallable(name: string, body: TaskHandler): void {
  if (!/^class\b/.test(Function.prototype.toString.call(body))) return
  throw new TaskDefinitionError(
    `task '${name}': its body is a class, which cannot be called; give a function, such as (...args) => new ${body.name || 'It'}(...args)`,
  )
}

/** Whether both run the same kernel in the same way. A signal is the same only when it is that very one. */
function isSameKernelTask(a: TaskParts | undefined, b: TaskParts): boolean {
  if (a?.call.kernel === undefined) return false
  const [{ signal: signalOfA, ...optionsOfA }, { signal: signalOfB, ...optionsOfB }] = [a.call.options, b.call.options]
  return (
    isDeepStrictEqual(a.call.kernel, b.call.kernel) &&
    isDeepStrictEqual(optionsOfA, optionsOfB) &&
    signalOfA === signalOfB &&
    a.input === b.input
  )
}
