// Which bodies in JavaScript run in C, and since when. A body is compiled for the types of arguments that it is called with,
// in the background, compared with JavaScript, and then switched between two tasks.
import { isDeepStrictEqual } from 'node:util'
import type { NativeCore } from '@catzilla/core-c'
import { CompileError, toError } from '../../contract/errors.ts'
import type {
  ArgumentType,
  BodyCompiler,
  BodyReport,
  ColumnsWay,
  CompileBlocker,
  LoadCompiler,
} from '../../contract/body-compiler.ts'
import type { GraphStep } from '../../contract/call-graph.ts'
import type { TaskCall, TaskDefinition, TaskHandler } from '../../contract/task.ts'
import type { CompiledStatistics } from '../../contract/statistics.ts'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import { matches, typesOf } from './argument-types.ts'
import { blockedBy, blockerOfForm } from './blockers.ts'
import { noStep } from './body-in-graphs.ts'
import { CompiledBody } from './compiled-body.ts'
import type { Tally } from './compiled-body.ts'

/** Tuples of types for which a body is compiled; further ones run as JavaScript. */
const MOST_BODIES = 4
/** Calls with the same types after which a body is worth compiling. */
const CALLS_BEFORE = 2
const TOO_FEW_CALLS = 'it is compiled when it has been called twice with arguments of the same types'

/** A body and what became of it. */
interface Watched {
  readonly bodies: CompiledBody[]
  /** The types it was called with lately and is not compiled for yet. */
  types: readonly ArgumentType[] | null
  calls: number
  /** Calls with types that C does not know. */
  strange: number
  /** Why C can never run it, as far as can be told without looking at its text: it is asynchronous, a generator, or wrapped. */
  readonly never: CompileBlocker | null
  /** Where what was compiled at build comes from, or why it is not used; null: there is nothing. */
  prebuilt: string | null
}

export class Tiers {
  readonly #core: NativeCore
  readonly #watched = new WeakMap<object, Watched>()
  readonly #tally: Tally = { bodies: 0, calls: 0, bails: 0 }
  #load: LoadCompiler | null
  #loading: Promise<void> | null = null
  #compiler: BodyCompiler | null = null
  #closed = false
  #noCompiler = TOO_FEW_CALLS
  #latestKey: object | null = null
  #latest: Watched | null = null

  /** @param load gives the compiler, when it is first needed; null where there is none */
  constructor(core: NativeCore, load: LoadCompiler) {
    this.#core = core
    this.#load = load
  }

  async #loadNow(load: LoadCompiler): Promise<void> {
    this.#load = null
    this.#noCompiler = 'the compiler is being loaded; a call after that has it compiled'
    try {
      const compiler = await load(this.#core)
      if (this.#closed) return await compiler?.close?.()
      this.#compiler = compiler
      this.#noCompiler = compiler === null ? 'there is no compiler; install @catzilla/compiler' : TOO_FEW_CALLS
    } catch (thrown) {
      this.#noCompiler = `the compiler does not load: ${toError(thrown).message}`
    }
  }

  /** The call that is to be submitted in place of this one: itself, or one that runs in C, or in both. */
  callFor(call: TaskCall, handler: TaskHandler, args: readonly unknown[]): TaskCall {
    const watched = this.#watchedOf(call, handler)
    if (watched.never !== null) return this.#inJavaScript(call, handler)
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

  /** How the body runs over columns: their types are known before they come. */
  columnsFor(call: TaskCall, handler: TaskHandler, columns: number, rows: number): ColumnsWay {
    const watched = this.#watchedOf(call, handler)
    if (watched.never !== null) return { body: this.#asJavaScript(call, handler), kernel: null }
    const row = Array.from<number>({ length: columns }).fill(0)
    const body = watched.bodies.find(({ types }) => matches(types, row))
    if (body === undefined) {
      this.#compileSoon(
        watched,
        call,
        handler,
        row.map(() => 'number' as const),
      )
      return { body: handler, kernel: null }
    }
    if (body.tier === 'javascript') return { body: this.#asJavaScript(call, handler, body), kernel: null }
    const kernel = body.overColumns()
    if (kernel === null) return { body: body.runChecked, kernel }
    body.calls += rows
    this.#tally.calls += rows
    return { body: handler, kernel }
  }

  /** How the body runs as a step of a graph, on so many numbers. It is compiled by what it is called with, not by this. */
  stepOf(call: TaskCall, handler: TaskHandler, args: number): GraphStep {
    const watched = this.#watchedOf(call, handler)
    const numbers = Array.from<number>({ length: args }).fill(0)
    const body = watched.bodies.find(({ types }) => matches(types, numbers))
    return body?.asStep(call) ?? noStep(this.#reasonOf(handler, watched))
  }

  /** A body was defined: those whose types are declared are compiled before they are called. */
  expect(call: TaskCall | TaskDefinition, handler: TaskHandler): void {
    if (call.facts?.signature !== undefined) this.#watchedOf(call, handler)
  }

  /** It is settled that JavaScript runs it. @throws CompileError where C was asked for */
  #inJavaScript(call: TaskCall, handler: TaskHandler, body?: CompiledBody): TaskCall {
    if (call.options.compile !== 'require') return call
    const why = body === undefined ? this.report(call, handler).reason : body.report().reason
    throw new CompileError(
      `task '${call.name}': compile: 'require' cannot be met: ${why}; use compile: 'auto', or change it`,
    )
  }

  #asJavaScript(call: TaskCall, handler: TaskHandler, body?: CompiledBody): TaskHandler {
    this.#inJavaScript(call, handler, body)
    return handler
  }

  #watchedOf(call: TaskCall | TaskDefinition, handler: TaskHandler): Watched {
    const key = call.facts ?? handler
    if (key === this.#latestKey && this.#latest !== null) return this.#latest
    let watched = this.#watched.get(key)
    if (watched === undefined) {
      const never = blockerOfForm(handler)
      watched = { bodies: [], types: null, calls: 0, strange: 0, never, prebuilt: null }
      this.#watched.set(key, watched)
      if (never === null) this.#begin(watched, call, handler)
    }
    this.#latestKey = key
    this.#latest = watched
    return watched
  }

  /** What need not wait until the body has been called: what was compiled at build, and types that were declared. */
  #begin(watched: Watched, call: TaskCall | TaskDefinition, handler: TaskHandler): void {
    const { prebuilt, signature } = call.facts ?? {}
    const found = prebuilt?.(this.#core)
    watched.prebuilt = found?.reason ?? null
    for (const each of found?.bodies ?? []) {
      const body = this.#bodyFor(call, handler, each.types)
      try {
        body.adopt(each)
        watched.bodies.push(body)
      } catch (thrown) {
        watched.prebuilt = `what was compiled at build cannot be run here: ${toError(thrown).message}`
      }
    }
    if (signature === undefined || watched.bodies.some(({ types }) => isDeepStrictEqual(types, signature))) return
    this.#compileSoon(watched, call, handler, signature)
  }

  #observe(watched: Watched, call: TaskCall, handler: TaskHandler, args: readonly unknown[]): void {
    if (watched.bodies.length >= MOST_BODIES) return
    if (watched.types === null || !matches(watched.types, args)) {
      watched.types = typesOf(args)
      watched.calls = 0
      if (watched.types === null) watched.strange++
    }
    if (watched.types === null || ++watched.calls < CALLS_BEFORE) return
    if (this.#compiler !== null) {
      this.#compile(this.#compiler, watched, call, handler, watched.types)
      watched.types = null
    } else void this.#loadSoon()
  }

  /** Compiles for types that are known, as soon as there is a compiler. */
  #compileSoon(
    watched: Watched,
    call: TaskCall | TaskDefinition,
    handler: TaskHandler,
    types: readonly ArgumentType[],
  ): void {
    const compile = (): void => {
      const known = watched.bodies.some((body) => isDeepStrictEqual(body.types, types))
      if (this.#compiler === null || known || watched.bodies.length >= MOST_BODIES) return
      this.#compile(this.#compiler, watched, call, handler, types)
    }
    if (this.#compiler === null) void this.#loadSoon()?.then(compile)
    else compile()
  }

  #loadSoon(): Promise<void> | null {
    const load = this.#load
    if (load !== null) {
      runOutsideContexts(() => {
        this.#loading = this.#loadNow(load)
      })
    }
    return this.#loading
  }

  #compile(
    compiler: BodyCompiler,
    watched: Watched,
    call: TaskCall | TaskDefinition,
    handler: TaskHandler,
    types: readonly ArgumentType[],
  ): void {
    const body = this.#bodyFor(call, handler, types)
    watched.bodies.push(body)
    runOutsideContexts(() => void body.compile(compiler))
  }

  #bodyFor(call: TaskCall | TaskDefinition, handler: TaskHandler, types: readonly ArgumentType[]): CompiledBody {
    const { name, options, facts } = call
    return new CompiledBody({
      body: handler,
      name,
      types,
      compiler: this.#compiler,
      facts,
      programs: this.#core.programs,
      required: options.compile === 'require',
      tally: this.#tally,
      now: () => performance.now(),
    })
  }

  figures(): CompiledStatistics {
    const { bodies, calls, bails } = this.#tally
    return { bodies, calls, bails }
  }

  async close(): Promise<void> {
    const compiler = this.#compiler
    this.#closed = true
    this.#load = null
    this.#compiler = null
    await compiler?.close?.()
  }

  report(call: TaskCall, handler: TaskHandler): BodyReport {
    const watched = this.#watched.get(call.facts ?? handler)
    const bodies = watched?.bodies.map((body) => body.report()) ?? []
    const never = blockerOfForm(handler)
    const blockers = never === null ? [] : [never]
    return { reason: this.#reasonOf(handler, watched), prebuilt: watched?.prebuilt ?? null, blockers, bodies }
  }

  #reasonOf(handler: TaskHandler, watched: Watched | undefined): string {
    const never = blockerOfForm(handler)
    if (never !== null) return blockedBy([never])
    if (watched === undefined)
      return 'it is compiled for the types of arguments it is called with, and has not been called'
    if (watched.bodies.length >= MOST_BODIES) {
      return `it is compiled for ${MOST_BODIES} kinds of arguments; others run as JavaScript`
    }
    if (watched.bodies.length > 0) return 'it is compiled for the types of arguments it was called with'
    return watched.strange > 0 ? 'its arguments are of types that C does not know' : this.#noCompiler
  }
}
