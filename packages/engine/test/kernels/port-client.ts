// The least that drives the C engine by its port: one task at a time, waited for on the spot. What is where and who
// writes it is said in packages/core-c/include/ctz/port.h.
import type { NativeCore, NativeEngineBinding, NativePlan } from '@catzilla/core-c'
import { kernelTypes } from '../../src/kernels/kernel-type.ts'

const plain: Omit<NativePlan, 'kernel'> = {
  priority: 2,
  tell: false,
  maxRetries: 0,
  backoff: 0,
  retryDelayMs: 0,
  retryMaxDelayMs: 0,
  retryJitter: 0,
  timeoutMs: Infinity,
  memoryLimitBytes: 2 ** 28,
}

/** A kernel's failure, as C named it. */
export class KernelFailure extends Error {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

const SLOT = 0
const WAIT_MS = 30_000

export class PortClient {
  readonly engine: NativeEngineBinding
  readonly #layout: Readonly<Record<string, number>>
  readonly #words: Int32Array
  readonly #doubles: Float64Array
  readonly #plans = new Map<string, number>()
  #position = 0

  constructor(core: NativeCore) {
    const config = {
      slots: 1,
      workers: 1,
      maxWorkers: 1,
      memoryPoolBytes: 2 ** 28,
      seed: 1,
      statistics: false,
    }
    this.engine = core.createEngine(config, performance.now(), () => {})
    this.#layout = core.portLayout
    this.#words = new Int32Array(this.engine.memory)
    this.#doubles = new Float64Array(this.engine.memory)
  }

  /** Runs a kernel whose arguments are numbers by writing them into the slot. */
  runNumbers(name: string, args: readonly number[]): unknown {
    for (let index = 0; index < args.length; index++) {
      this.#doubles[this.#at('ARGS') / 8 + index] = args[index] ?? Number.NaN
    }
    return this.#run(this.#planOf(name), 0)
  }

  /** Runs a kernel by attaching its arguments. */
  runAttached(name: string, args: readonly unknown[]): unknown {
    const plan = this.#planOf(name)
    this.engine.attach(SLOT, plan, args)
    return this.#run(plan, 1)
  }

  runColumns(name: string, columns: readonly Float64Array[], rowsPerChunk: number): Float64Array {
    const plan = this.#planOf(name)
    const out = new Float64Array(columns[0]?.length ?? 0)
    this.engine.attachColumns(SLOT, plan, columns, out, rowsPerChunk)
    this.#run(plan, 1)
    return out
  }

  #run(plan: number, attached: number): unknown {
    this.#words[this.#at('PLAN') / 4] = plan
    this.#words[this.#at('ATTACHED') / 4] = attached
    this.#doubles[this.#at('READY_AT') / 8] = performance.now()
    this.#words[this.#at('ATTEMPT') / 4] = 0
    this.#words[this.#at('CANCEL') / 4] = 0
    Atomics.store(this.#words, this.#at('STATE') / 4, this.#constant('SLOT_STATE_PENDING'))
    this.#push()
    this.#awaitCompletion()
    try {
      return this.#outcome()
    } finally {
      this.engine.free(SLOT)
    }
  }

  #push(): void {
    const ring = 2
    const tailWord = this.#constant('WORD_TAIL') + 16 * ring
    const mask = this.#word('RING_MASK')
    const tail = Atomics.load(this.#words, tailWord)
    this.#words[this.#word('RINGS_OFFSET') / 4 + ring * (mask + 1) + (tail & mask)] = SLOT
    Atomics.store(this.#words, tailWord, (tail + 1) | 0)
    if (Atomics.load(this.#words, this.#constant('WORD_PARKED_WORKERS')) > 0) this.engine.wake(1)
  }

  #awaitCompletion(): void {
    const entry = this.#word('COMPLETIONS_OFFSET') / 4 + 2 * (this.#position & this.#word('COMPLETION_MASK'))
    const deadline = performance.now() + WAIT_MS
    if (!this.engine.waitCompleted(this.#position, WAIT_MS)) throw new Error('the task did not settle')
    // the position was reserved; the worker stores the entry within moments
    while (Atomics.load(this.#words, entry + 1) !== ((this.#position + 1) | 0)) {
      if (performance.now() > deadline) throw new Error('the completion was not published')
    }
    if (this.#words[entry] !== SLOT) throw new Error(`a notice of another kind came: ${this.#words[entry]}`)
    this.#position = (this.#position + 1) | 0
    Atomics.store(this.#words, this.#constant('WORD_COMPLETED_HEAD'), this.#position)
  }

  #outcome(): unknown {
    const state = Atomics.load(this.#words, this.#at('STATE') / 4)
    if (state !== this.#constant('SLOT_STATE_COMPLETED')) {
      const { name, message } = this.engine.error(SLOT)
      throw new KernelFailure(name, message)
    }
    const number = this.#doubles[this.#at('RESULT') / 8] ?? Number.NaN
    switch (kernelTypes[this.#words[this.#at('RESULT_TYPE') / 4] ?? -1]) {
      case 'void':
        return undefined
      case 'bool':
        return number !== 0
      case 'f64':
      case 'i32':
      case 'u32':
        return number
      default:
        return this.engine.result(SLOT)
    }
  }

  #planOf(name: string): number {
    const known = this.#plans.get(name)
    if (known !== undefined) return known
    const kernel = this.engine.kernels.find((candidate) => candidate.name === name)
    if (kernel === undefined) throw new Error(`there is no kernel ${name}`)
    const plan = this.engine.definePlan({ ...plain, kernel: kernel.index })
    this.#plans.set(name, plan)
    return plan
  }

  /** Byte offset of a field of the slot. */
  #at(field: string): number {
    return this.#word('SLOTS_OFFSET') + SLOT * this.#constant('SLOT_BYTES') + this.#constant(`SLOT_${field}`)
  }

  #word(name: string): number {
    return this.#words[this.#constant(`WORD_${name}`)] ?? 0
  }

  #constant(name: string): number {
    const value = this.#layout[name]
    if (value === undefined) throw new Error(`the layout of the port has no ${name}`)
    return value
  }
}
