// One body for arguments of certain types: compiled, compared with JavaScript on its first calls, then run in C for as long
// as that pays.
import type { NativeLibrary, NativeProgram, NativePrograms } from '@catzilla/core-c'
import { toError } from '../../contract/errors.ts'
import type {
  ArgumentType,
  BodyCompiler,
  BodyTier,
  CompileBlocker,
  CompiledBodyReport,
  CompiledProgram,
  BodyFacts,
  MachineCode,
  PrebuiltBody,
} from '../../contract/body-compiler.ts'
import type { GraphStep } from '../../contract/call-graph.ts'
import type { KernelReference, TaskCall, TaskHandler } from '../../contract/task.ts'
import { portLayout } from '../port-layout.ts'
import { describeTypes } from './argument-types.ts'
import { blockedBy } from './blockers.ts'
import { BodyColumns, runsOverColumns } from './body-columns.ts'
import { BodyInGraphs, noStep, runTimeInGraphs } from './body-in-graphs.ts'
import { isSameValue } from './same-value.ts'

/** Calls of which both results are compared; long ones, in milliseconds, need fewer. */
const CHECKS = 8
const CHECKS_OF_LONG = 3
const LONG_MS = 1
/** C that is slower than this share of JavaScript's speed is given up, for bodies that take at least so many milliseconds. */
const LEAST_SPEED = 0.5
const WORTH_TIMING_MS = 0.02
/** Milliseconds by which handing over texts, arrays and records takes longer than running a body here. */
const HAND_OVER_MS = 0.002
/** Giving up this often, and more than once in so many calls, is too often. */
const MANY_BAILS = 16
const BAIL_SHARE = 4

export interface CompiledBodySetup {
  readonly body: TaskHandler
  readonly name: string
  readonly types: readonly ArgumentType[]
  /** Null where there is none, for what was compiled before. */
  readonly compiler: BodyCompiler | null
  readonly facts: BodyFacts | undefined
  readonly programs: NativePrograms
  /** C was asked for: how quick it is does not matter. */
  readonly required: boolean
  readonly tally: Tally
  /** Milliseconds, as `performance.now` counts them. */
  readonly now: () => number
}

/** What all bodies of an engine count together. */
export interface Tally {
  /** Bodies that run in C. */
  bodies: number
  calls: number
  bails: number
}

export class CompiledBody {
  readonly types: readonly ArgumentType[]
  tier: BodyTier = 'compiling'
  calls = 0
  bails = 0
  readonly #setup: CompiledBodySetup
  #reason = 'it is being compiled'
  #compiledAt: CompiledBodyReport['compiledAt'] = 'run time'
  #blockers: readonly CompileBlocker[] = []
  #compileMs = 0
  #program: CompiledProgram | null = null
  #native: NativeProgram | null = null
  #kernel: KernelReference | null = null
  #checksLeft = CHECKS
  #columns: BodyColumns | null = null
  #wantsColumns = false
  readonly #inGraphs = new BodyInGraphs()
  /** Shortest run in each. */
  #jsMs = Infinity
  #cMs = Infinity
  /** Tier that follows the checks. */
  #next: BodyTier = 'interpreted'
  /** By call: the same one for C, and for the comparison. */
  readonly #inC = new WeakMap<TaskCall, TaskCall>()
  #latestCall: TaskCall | null = null
  #latestInC: TaskCall | null = null
  readonly #checked = new WeakMap<TaskCall, TaskCall>()

  constructor(setup: CompiledBodySetup) {
    this.#setup = setup
    this.types = setup.types
  }

  /**
   * Takes what was compiled when the application was built.
   * @throws Error that says why it cannot be run here
   */
  adopt({ program, code, tried }: PrebuiltBody): void {
    this.#compiledAt = 'build'
    this.#program = program
    this.#native = this.#setup.programs.openProgram(program.bytes)
    if (code !== null) this.#native.useBody(code.library as NativeLibrary | string, code.symbol)
    this.#beginChecks(code === null ? 'interpreted' : 'machine code', program, code)
    // what was compared when it was built, and is handed over for next to nothing, is not compared again
    if (tried > 0 && this.#isHandedOverInSlots) this.#switch()
  }

  /** Compiles; loops go on to machine code, since the interpreter is no match for V8 there. */
  async compile(compiler: BodyCompiler): Promise<void> {
    const { body, name, types, facts, programs, now } = this.#setup
    const begunAt = now()
    try {
      const compilation = await compiler.compile(body, name, types, facts?.captures?.())
      if (!compilation.ok) {
        this.#blockers = compilation.blockers
        return this.#stay(blockedBy(compilation.blockers))
      }
      const { program } = compilation
      this.#program = program
      this.#native = programs.openProgram(program.bytes)
      if (program.loops) void this.#build(compiler, program, this.#native)
      else this.#beginChecks('interpreted', program, null)
    } catch (thrown) {
      this.#stay(`it does not compile here: ${toError(thrown).message}`)
    } finally {
      this.#compileMs = now() - begunAt
    }
  }

  async #build(compiler: BodyCompiler, program: CompiledProgram, native: NativeProgram): Promise<void> {
    if (compiler.build === undefined || program.c === null) {
      return this.#stay('its loops are worth running as machine code only, and there is no C compiler')
    }
    this.#reason = 'its loops are being compiled to machine code'
    try {
      const code = await compiler.build(program.c)
      native.useBody(code.library as NativeLibrary | string, code.symbol)
      this.#beginChecks('machine code', program, code)
    } catch (thrown) {
      this.#stay(`there is no machine code for its loops: ${toError(thrown).message}`)
    }
  }

  #beginChecks(next: BodyTier, { bytes, encode, decode, effects }: CompiledProgram, code: MachineCode | null): void {
    this.#kernel = {
      name: kernelName(this.#setup.name),
      program: { bytes, code, encode, decode, effects, bailed: this.#bailed, ran: this.#ran },
    }
    this.tier = 'checking'
    this.#next = next
    this.#reason = 'the first calls run in both, and are compared'
  }

  #stay(reason: string): void {
    if (this.tier === 'interpreted' || this.tier === 'machine code') this.#setup.tally.bodies--
    this.tier = 'javascript'
    this.#reason = reason
  }

  /** Whether the program takes these arguments, which are of its types. */
  takes(args: readonly unknown[]): boolean {
    return this.#program?.fits?.(args) ?? true
  }

  /** The call as C runs it. */
  inC(call: TaskCall): TaskCall {
    // many in a row are of one call: looking it up costs as much as writing its arguments
    if (call === this.#latestCall && this.#latestInC !== null) return this.#latestInC
    const kernel = this.#kernel
    if (kernel === null) return call
    let derived = this.#inC.get(call)
    if (derived === undefined) {
      const options = Object.freeze({ ...call.options, lane: 'native' as const })
      derived = Object.freeze({ ...call, handler: this.#setup.body, kernel, options })
      this.#inC.set(call, derived)
    }
    this.#latestCall = call
    this.#latestInC = derived
    return derived
  }

  /** The call as JavaScript runs it, with C run beside it. */
  checked(call: TaskCall): TaskCall {
    let derived = this.#checked.get(call)
    if (derived === undefined) {
      derived = Object.freeze({ ...call, handler: this.runChecked })
      this.#checked.set(call, derived)
    }
    return derived
  }

  /** The body, compared with C as long as that is wanted. */
  readonly runChecked: TaskHandler = (...args: readonly unknown[]) => this.#runBoth(args)

  /** What runs over columns of numbers in C; null while JavaScript does. */
  overColumns(): KernelReference | null {
    this.#wantsColumns = true
    if (this.tier !== 'interpreted' && this.tier !== 'machine code') return null
    const [program, native, kernel] = [this.#program, this.#native, this.#kernel]
    if (program === null || native === null || kernel === null || !runsOverColumns(program, native)) return null
    this.#columns ??= new BodyColumns(kernel, program, this.#setup.compiler)
    return this.#columns.kernel
  }

  /** The body as a step of a graph. */
  asStep(call: TaskCall): GraphStep {
    const [program, native, kernel] = [this.#program, this.#native, this.#kernel]
    const inC = this.tier === 'interpreted' || this.tier === 'machine code'
    if (!inC || program === null || native === null || kernel === null) return noStep(this.#reason)
    const runMs = runTimeInGraphs({ program, native, shortestMs: this.#cMs })
    if (typeof runMs === 'string') return noStep(runMs)
    const best = this.overColumns() ?? kernel
    return { call: this.#inGraphs.callFor(call, best), reason: this.#reason, runMs }
  }

  #runBoth(args: readonly unknown[]): unknown {
    const { body, programs, now } = this.#setup
    if (this.tier !== 'checking' || this.#native === null || this.#program === null) return body(...(args as never[]))
    const { encode, decode, varies } = this.#program
    const begunAt = now()
    const given = this.#native.call(encode === null ? args : encode(args))
    const between = now()
    const bailed = given === programs.BAILED
    let value: unknown
    try {
      value = body(...(args as never[]))
    } catch (thrown) {
      // JavaScript makes the errors: C has to have given up
      this.#compared(bailed || varies, 0, 0)
      throw thrown
    }
    const ours = bailed || decode === null ? given : decode(given)
    const same = bailed || varies || isSameValue(value, ours)
    this.#compared(same, now() - between, bailed ? 0 : between - begunAt)
    if (bailed) this.#bailed(1)
    return value
  }

  #compared(same: boolean, jsMs: number, cMs: number): void {
    if (!same) {
      this.#stay('C gave another result than JavaScript; please report it')
      process.emitWarning(
        `task '${this.#setup.name}' (${describeTypes(this.types)}): C gave another result than JavaScript, so it stays JavaScript; please report its body`,
        { code: 'CATZILLA_INEXACT' },
      )
      return
    }
    if (cMs > 0) {
      this.#jsMs = Math.min(this.#jsMs, jsMs)
      this.#cMs = Math.min(this.#cMs, cMs)
    }
    this.#checksLeft = Math.min(this.#checksLeft, jsMs > LONG_MS ? CHECKS_OF_LONG : CHECKS) - 1
    if (this.#checksLeft > 0 || this.tier !== 'checking') return
    const slower = this.#slowerInC()
    if (slower === null) this.#switch()
    else this.#stay(slower)
  }

  /** From the next task on C runs it. */
  #switch(): void {
    this.tier = this.#next
    this.#setup.tally.bodies++
    this.#reason =
      this.#next === 'interpreted' ? 'loop-free, it runs in the interpreter in C' : 'it runs as machine code'
  }

  /** Why C would cost more than it saves; null where it pays. */
  #slowerInC(): string | null {
    const [js, c] = [this.#jsMs, this.#cMs]
    if (this.#setup.required) return null
    if (js > WORTH_TIMING_MS && c * LEAST_SPEED > js) {
      return `JavaScript is quicker: ${(js * 1e3).toFixed(1)} µs, C takes ${(c * 1e3).toFixed(1)} µs`
    }
    // columns are handed over whole
    if (this.#isHandedOverInSlots || this.#wantsColumns || js > HAND_OVER_MS || js === Infinity) return null
    return `its body takes ${(js * 1e3).toFixed(1)} µs: handing such arguments to C would take longer`
  }

  /** Numbers and booleans ride in shared memory, which costs less than a turn on the event loop. */
  get #isHandedOverInSlots(): boolean {
    const scalars = this.types.every((type) => type === 'number' || type === 'boolean')
    return scalars && this.types.length <= portLayout.SLOT_ARG_COUNT && this.#program?.encode === null
  }

  /** C ran it so many times without being asked for each. */
  readonly #ran = (times: number): void => {
    this.calls += times
    this.#setup.tally.calls += times
  }

  /** C gave up a run, which JavaScript does. */
  readonly #bailed = (times: number): void => {
    this.bails += times
    this.#setup.tally.bails += times
    if (this.bails < MANY_BAILS || this.bails * BAIL_SHARE < this.calls + CHECKS) return
    this.#stay(`C gave up ${this.bails} of ${this.calls + CHECKS} calls, which JavaScript then had to do`)
  }

  report(): CompiledBodyReport {
    return {
      types: this.types,
      tier: this.tier,
      compiledAt: this.#compiledAt,
      columns: this.#columns?.kernel?.program === undefined ? null : this.#columns.tier,
      reason: this.#reason,
      calls: this.calls,
      bails: this.bails,
      compileMs: this.#compileMs,
      speedUp: this.#cMs < Infinity ? this.#jsMs / this.#cMs : null,
      blockers: this.#blockers,
    }
  }
}

let kernels = 0

/** A name of its own, which says to people whose body it is. */
function kernelName(task: string): string {
  return `body.${task.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 40)}.${++kernels}`
}
