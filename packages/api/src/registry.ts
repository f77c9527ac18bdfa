// The tasks of one `BackgroundTasks` by name, and the calls made for plain functions.
import { TaskDefinitionError, UnknownTaskError, describeValue, nearest, resolveTaskOptions } from '@catzilla/engine'
import type { ResolvedTaskOptions, TaskHandler } from '@catzilla/engine'
import { areInputSchemas, isSchema } from './schema.ts'
import { checkedBody, makeTask, partsOf } from './task.ts'
import type { Task, TaskHome, TaskParts } from './task.ts'
import type { TaskConfig } from './task-config.ts'

/** A task whose types are not known here. */
export type AnyTask = Task<readonly unknown[], unknown, unknown>

/** The name of functions that have none. */
export const UNNAMED = 'anonymous'

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
    if (this.#tasks.has(name)) {
      throw new TaskDefinitionError(
        `task '${name}' is defined already; choose another name, or use the task that is there`,
      )
    }
    const parts = this.#partsFor(name, config, body)
    this.#home.engine.register({ name, handler: parts.call.handler, options: parts.call.options })
    const task: AnyTask = makeTask(parts)
    this.#tasks.set(name, task)
    return task
  }

  /** @throws UnknownTaskError */
  get(name: string): AnyTask {
    const task = this.#tasks.get(name)
    if (task !== undefined) return task
    const near = nearest(name, this.names)
    const hint = near === undefined ? 'define it with task() first' : `did you mean '${near}'?`
    throw new UnknownTaskError(`no task named ${describeValue(name)} is defined; ${hint}`)
  }

  /** The parts of a task, or of a plain function as a task of its own name. @throws TaskDefinitionError, ConfigurationError */
  partsFor(body: TaskHandler, config: TaskConfig | undefined): TaskParts {
    const known = partsOf(body)
    if (known !== undefined) return this.own(known)
    if (typeof body !== 'function') {
      throw new TaskDefinitionError(`addTask takes a task or a function, got ${describeValue(body)}`)
    }
    if (config?.name !== undefined || config?.input !== undefined || config?.output !== undefined) {
      return this.#partsFor(config.name ?? (body.name || UNNAMED), config, body)
    }
    let parts = this.#plain.get(body)
    if (parts === undefined) {
      parts = this.#partsFor(body.name || UNNAMED, {}, body)
      this.#plain.set(body, parts)
    }
    return parts
  }

  /** @throws TaskDefinitionError for a task of another `createTasks`, which would run on the engine of that one */
  own(parts: TaskParts): TaskParts {
    if (parts.home === this.#home) return parts
    throw new TaskDefinitionError(
      `task '${parts.call.name}' was defined on other tasks; define it here, or submit it there`,
    )
  }

  #partsFor(name: string, config: TaskConfig, body: TaskHandler): TaskParts {
    const { name: _, input, output, ...options } = config
    requireName(name, body)
    if (input !== undefined && !areInputSchemas(input)) {
      throw new TaskDefinitionError(
        `task '${name}': input must be a Standard Schema, or a list of one for each argument, got ${describeValue(input)}`,
      )
    }
    if (output !== undefined && !isSchema(output)) {
      throw new TaskDefinitionError(`task '${name}': output must be a Standard Schema, got ${describeValue(output)}`)
    }
    const resolved = resolveTaskOptions(options, this.#defaults, `task '${name}'`)
    const call = Object.freeze({ name, options: resolved, handler: checkedBody(name, body, output) })
    return { home: this.#home, call, input }
  }
}

function requireName(name: unknown, body: TaskHandler): void {
  if (typeof name === 'string' && name.length > 0 && name.length <= 200) return
  throw new TaskDefinitionError(
    `${describeValue(body)}: a task needs a name of 1..200 characters, got ${describeValue(name)}; give { name: '…' } in its config`,
  )
}
