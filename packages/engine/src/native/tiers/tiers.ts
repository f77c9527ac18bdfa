// Which bodies in JavaScript run in C, and since when. A body is compiled for the types of arguments that it is called with,
// in the background, compared with JavaScript, and then switched between two tasks.
import type { NativePrograms } from '@catzilla/core-c'
import { CompileError, toError } from '../../contract/errors.ts'
import type { ArgumentType, BodyCompiler, BodyReport } from '../../contract/body-compiler.ts'
import type { TaskCall, TaskHandler } from '../../contract/task.ts'
import type { CompiledStatistics } from '../../contract/statistics.ts'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import { matches, typesOf } from './argument-types.ts'
import { CompiledBody } from './compiled-body.ts'
import type { Tally } from './compiled-body.ts'

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
  /** Asynchronous, or a generator. */
  readonly never: boolean
}

/** Whether C can never run it, as far as can be told without looking at its text. */
function isAsynchronous(handler: TaskHandler): boolean {
  return Object.prototype.toString.call(handler) !== '[object Function]'
}

export class Tiers {
  readonly #programs: NativePrograms
  readonly #watched = new WeakMap<TaskHandler, Watched>()
  readonly #tally: Tally = { bodies: 0, calls: 0, bails: 0 }
  #load: (() => Promise<BodyCompiler | null>) | null
  #compiler: BodyCompiler | null = null
  #noCompiler = 'it is compiled when it has been called twice with arguments of the same types'
  #latestHandler: TaskHandler | null = null
  #latest: Watched | null = null

  /** @param load gives the compiler, when it is first needed; null where there is none */
  constructor(programs: NativePrograms, load: () => Promise<BodyCompiler | null>) {
    this.#programs = programs
    this.#load = load
  }

  async #loadNow(load: () => Promise<BodyCompiler | null>): Promise<void> {
    this.#load = null
    try {
      this.#compiler = await load()
      if (this.#compiler === null) this.#noCompiler = 'there is no compiler; install @catzilla/compiler'
    } catch (thrown) {
      this.#noCompiler = `the compiler does not load: ${toError(thrown).message}`
    }
  }

  /** The call that is to be submitted in place of this one: itself, or one that runs in C, or in both. */
  callFor(call: TaskCall, handler: TaskHandler, args: readonly unknown[]): TaskCall {
    const watched = this.#watchedOf(handler)
    if (watched.never) return this.#inJavaScript(call, handler)
    for (const body of watched.bodies) {
      if (!matches(body.types, args)) continue
      if (body.tier === 'interpreted' || body.tier === 'machine code') {
        if (!body.takes(args)) return call
        body.calls++
        this.#tally.calls++
        return body.inC(call)
      }
      if (body.tier === 'javascript') return this.#inJavaScript(call, handler, body)
      return body.tier === 'checking' ? body.checked(call) : call
    }
    this.#observe(watched, call, handler, args)
    if (watched.types === null && watched.strange > 0) return this.#inJavaScript(call, handler)
    return call
  }

  /** It is settled that JavaScript runs it. @throws CompileError where C was asked for */
  #inJavaScript(call: TaskCall, handler: TaskHandler, body?: CompiledBody): TaskCall {
    if (call.options.compile !== 'require') return call
    const why = body === undefined ? this.report(handler).reason : body.report().reason
    throw new CompileError(
      `task '${call.name}': compile: 'require' cannot be met: ${why}; use compile: 'auto', or change it`,
    )
  }

  #watchedOf(handler: TaskHandler): Watched {
    if (handler === this.#latestHandler && this.#latest !== null) return this.#latest
    let watched = this.#watched.get(handler)
    if (watched === undefined) {
      watched = { bodies: [], types: null, calls: 0, strange: 0, never: isAsynchronous(handler) }
      this.#watched.set(handler, watched)
    }
    this.#latestHandler = handler
    this.#latest = watched
    return watched
  }

  #observe(watched: Watched, { name, options }: TaskCall, handler: TaskHandler, args: readonly unknown[]): void {
    if (watched.bodies.length === MOST_BODIES) return
    if (watched.types === null || !matches(watched.types, args)) {
      watched.types = typesOf(args)
      watched.calls = 0
      if (watched.types === null) watched.strange++
    }
    if (watched.types === null || ++watched.calls < CALLS_BEFORE) return
    if (this.#compiler === null) {
      if (this.#load !== null) void this.#loadNow(this.#load)
      return
    }
    const body = new CompiledBody({
      body: handler,
      name,
      types: watched.types,
      compiler: this.#compiler,
      programs: this.#programs,
      required: options.compile === 'require',
      tally: this.#tally,
    })
    watched.bodies.push(body)
    watched.types = null
    runOutsideContexts(() => void body.compile())
  }

  figures(): CompiledStatistics {
    const { bodies, calls, bails } = this.#tally
    return { bodies, calls, bails }
  }

  async close(): Promise<void> {
    this.#load = null
    await this.#compiler?.close?.()
  }

  report(handler: TaskHandler): BodyReport {
    const watched = this.#watched.get(handler)
    const bodies = watched?.bodies.map((body) => body.report()) ?? []
    return { reason: this.#reasonOf(handler, watched), bodies }
  }

  #reasonOf(handler: TaskHandler, watched: Watched | undefined): string {
    if (isAsynchronous(handler)) return 'asynchronous bodies and generators run as JavaScript'
    if (watched === undefined)
      return 'it is compiled for the types of arguments it is called with, and has not been called'
    if (watched.bodies.length === MOST_BODIES) {
      return `it is compiled for ${MOST_BODIES} kinds of arguments; others run as JavaScript`
    }
    if (watched.bodies.length > 0) return 'it is compiled for the types of arguments it was called with'
    return watched.strange > 0 ? 'its arguments are of types that C does not know' : this.#noCompiler
  }
}
