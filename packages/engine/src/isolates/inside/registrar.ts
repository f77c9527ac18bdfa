// What the modules of a program define when an isolate imports them: each task's handler by name and module.
import type { TaskHandler } from '../../contract/task.ts'

/** Shared by the ESM and CommonJS copies of the package, and by other versions of it. */
const key = Symbol.for('@catzilla/engine/isolate')

/** A task that a module defined inside the isolate. */
export interface RegisteredTask {
  readonly name: string
  readonly handler: TaskHandler
  /** The file URL given as `module` in the options of the task; undefined when none was. */
  readonly url: string | undefined
}

/** The tasks that were defined in this isolate. */
export class Registrar {
  readonly #byName = new Map<string, RegisteredTask[]>()

  /** Keeps every definition: which one is meant is known when it is asked for, and none silently takes the other's place. */
  define(task: RegisteredTask): void {
    const there = this.#byName.get(task.name)
    if (there === undefined) this.#byName.set(task.name, [task])
    else if (!there.some(({ handler, url }) => handler === task.handler && url === task.url)) there.push(task)
  }

  /** All definitions of `name`, in the order in which they were made. */
  named(name: string): readonly RegisteredTask[] {
    return this.#byName.get(name) ?? []
  }

  /** Names of all tasks. */
  get names(): string[] {
    return [...this.#byName.keys()]
  }
}

/**
 * Makes this thread or process an isolate: from now on `createTasks` only registers what is defined. Called before anything
 * of the user's is imported; later calls give the same registrar.
 */
export function becomeIsolate(): Registrar {
  const registrar = currentRegistrar()
  if (registrar !== undefined) return registrar
  const made = new Registrar()
  // neither enumerable nor changeable: the program's own code does not meet it by accident
  Object.defineProperty(globalThis, key, { value: made })
  return made
}

/** The registrar of this isolate; undefined where tasks can be submitted. */
export function currentRegistrar(): Registrar | undefined {
  return (globalThis as { [key]?: Registrar })[key]
}

/** Whether this is a thread or process of a lane, in which tasks are defined and never submitted. */
export function insideIsolate(): boolean {
  return currentRegistrar() !== undefined
}
