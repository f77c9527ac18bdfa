// Which bodies in JavaScript run in C, and since when. A body is compiled for the types of arguments that it is called with,
// in the background, compared with JavaScript, and then switched between two tasks.
import type { NativePrograms } from '@catzilla/core-c'
import type { ArgumentType, BodyCompiler, BodyReport } from '../../contract/body-compiler.ts'
import type { TaskCall, TaskHandler } from '../../contract/task.ts'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import { matches, typesOf } from './argument-types.ts'
import { CompiledBody } from './compiled-body.ts'

/** Tuples of types for which a body is compiled; further ones run as JavaScript. */
const MOST_BODIES = 4
/** Calls with the same types after which a body is worth compiling. */
const CALLS_BEFORE = 2

/** A body and what became of it. */
interface Watched {
  readonly bodies: CompiledBody[]
  /** The types it was called with lately and is not compiled for yet. */
  types: readonly ArgumentType[] | null
  calls: number
  /** Calls with types that C does not know. */
  strange: number
}

export class Tiers {
  readonly #programs: NativePrograms
  readonly #watched = new WeakMap<TaskHandler, Watched>()
  readonly #waiting: CompiledBody[] = []
  #compiler: BodyCompiler | null = null
  #latestHandler: TaskHandler | null = null
  #latest: Watched | null = null

  constructor(programs: NativePrograms) {
    this.#programs = programs
  }

  use(compiler: BodyCompiler): void {
    this.#compiler = compiler
  }

  /** The call that is to be submitted in place of this one: itself, or one that runs in C, or in both. */
  callFor(call: TaskCall, handler: TaskHandler, args: readonly unknown[]): TaskCall {
    if (this.#compiler === null) return call
    const watched = this.#watchedOf(handler)
    for (const body of watched.bodies) {
      if (!matches(body.types, args)) continue
      if (body.tier === 'interpreted' || body.tier === 'machine code') {
        body.calls++
        return body.inC(call)
      }
      return body.tier === 'checking' ? body.checked(call) : call
    }
    this.#observe(watched, call.name, handler, args)
    return call
  }

  #watchedOf(handler: TaskHandler): Watched {
    if (handler === this.#latestHandler && this.#latest !== null) return this.#latest
    let watched = this.#watched.get(handler)
    if (watched === undefined) {
      watched = { bodies: [], types: null, calls: 0, strange: 0 }
      this.#watched.set(handler, watched)
    }
    this.#latestHandler = handler
    this.#latest = watched
    return watched
  }

  #observe(watched: Watched, name: string, handler: TaskHandler, args: readonly unknown[]): void {
    if (watched.bodies.length === MOST_BODIES || this.#compiler === null) return
    if (watched.types === null || !matches(watched.types, args)) {
      watched.types = typesOf(args)
      watched.calls = 0
      if (watched.types === null) watched.strange++
    }
    if (watched.types === null || ++watched.calls < CALLS_BEFORE) return
    const setup = { body: handler, name, types: watched.types, compiler: this.#compiler, programs: this.#programs }
    const body = new CompiledBody(setup)
    watched.bodies.push(body)
    watched.types = null
    this.#compileSoon(body)
  }

  /** One in a turn of the event loop: compiling holds it up for less than a millisecond, and many bodies may begin at once. */
  #compileSoon(body: CompiledBody): void {
    this.#waiting.push(body)
    if (this.#waiting.length === 1) runOutsideContexts(() => setImmediate(this.#compileNext))
  }

  readonly #compileNext = (): void => {
    this.#waiting[0]?.compile()
    this.#waiting.shift()
    if (this.#waiting.length > 0) setImmediate(this.#compileNext)
  }

  report(handler: TaskHandler): BodyReport {
    const watched = this.#watched.get(handler)
    const bodies = watched?.bodies.map((body) => body.report()) ?? []
    return { reason: reasonOf(this.#compiler, watched), bodies }
  }
}

function reasonOf(compiler: BodyCompiler | null, watched: Watched | undefined): string {
  if (compiler === null) return 'there is no compiler; install @catzilla/compiler'
  if (watched === undefined) return 'it has not been called yet, and is compiled for the arguments it is called with'
  if (watched.bodies.length === MOST_BODIES) return `it is compiled for ${MOST_BODIES} kinds of arguments; others run as JavaScript`
  if (watched.bodies.length === 0 && watched.strange > 0) return 'its arguments are of types that C does not know'
  if (watched.bodies.length === 0) return 'it is compiled when it has been called twice with arguments of the same types'
  return 'it is compiled for the types of arguments it was called with'
}
