// What JavaScript does at its side of the port, in its plainest form: one task at a time into a slot, one index into a ring,
// and everything that comes back out of the completion ring. port.h says what is where.
import type { NativeConfig, NativeCore, NativeEngineBinding, NativePlan } from '../src/native-core.ts'

export interface Settled {
  readonly slot: number
  readonly state: number
  readonly resultType: number
  /** The result when it is a number. */
  readonly scalar: number
  readonly attempt: number
}

export interface Notice {
  readonly slot: number
  readonly kind: number
}

export const config: NativeConfig = {
  slots: 64,
  workers: 2,
  maxWorkers: 4,
  memoryPoolBytes: 2 ** 26,
  seed: 1,
  statistics: true,
  nice: 0,
}

export const plainPlan: NativePlan = {
  kernel: 0,
  priority: 1,
  tell: false,
  maxRetries: 0,
  backoff: 0,
  retryDelayMs: 0,
  retryMaxDelayMs: 0,
  retryJitter: 0,
  timeoutMs: Infinity,
  memoryLimitBytes: 2 ** 24,
  series: 0,
}

export class PortClient {
  readonly engine: NativeEngineBinding
  readonly words: Int32Array
  readonly doubles: Float64Array
  /** Notices of starts and retries, in the order they came. */
  readonly notices: Notice[] = []
  readonly #layout: Readonly<Record<string, number>>
  readonly #free: number[]
  readonly #waiting = new Map<number, (settled: Settled) => void>()
  #drained = 0

  constructor(core: NativeCore, asked: Partial<NativeConfig> = {}) {
    const slots = asked.slots ?? config.slots
    this.engine = core.createEngine({ ...config, ...asked }, performance.now(), () => this.#onWake())
    this.words = new Int32Array(this.engine.memory)
    this.doubles = new Float64Array(this.engine.memory, 0, Math.floor(this.engine.memory.byteLength / 8))
    this.#layout = core.portLayout
    this.#free = Array.from({ length: slots }, (_, i) => slots - 1 - i)
  }

  /** A value of the layout by its name. */
  at(name: string): number {
    const value = this.#layout[name]
    if (value === undefined) throw new Error(`port.h has no ${name}`)
    return value
  }

  kernel(name: string): number {
    const found = this.engine.kernels.find((kernel) => kernel.name === name)
    if (found === undefined) throw new Error(`there is no kernel ${name}`)
    return found.index
  }

  plan(kernel: string, rest: Partial<NativePlan> = {}): number {
    return this.engine.definePlan({ ...plainPlan, ...rest, kernel: this.kernel(kernel) })
  }

  takeSlot(): number {
    const slot = this.#free.pop()
    if (slot === undefined) throw new Error('all slots are taken')
    return slot
  }

  giveSlot(slot: number): void {
    this.#free.push(slot)
  }

  slotWord(slot: number, field: string): number {
    return (this.word('SLOTS_OFFSET') + slot * this.at('SLOT_BYTES') + this.at(`SLOT_${field}`)) / 4
  }

  word(name: string): number {
    return Atomics.load(this.words, this.at(`WORD_${name}`)) >>> 0
  }

  fill(slot: number, plan: number, args: readonly number[], attached: boolean): void {
    this.words[this.slotWord(slot, 'PLAN')] = plan
    this.words[this.slotWord(slot, 'ATTACHED')] = attached ? 1 : 0
    this.words[this.slotWord(slot, 'STATE')] = this.at('SLOT_STATE_PENDING')
    this.words[this.slotWord(slot, 'ATTEMPT')] = 0
    this.words[this.slotWord(slot, 'CANCEL')] = 0
    this.doubles[this.slotWord(slot, 'READY_AT') / 2] = performance.now()
    this.doubles.set(args, this.slotWord(slot, 'ARGS') / 2)
  }

  /** Puts any number into a ring. */
  push(ring: number, entry: number): void {
    const mask = this.word('RING_MASK')
    const tailWord = this.at('WORD_TAIL') + 16 * ring
    const tail = Atomics.load(this.words, tailWord)
    this.words[this.word('RINGS_OFFSET') / 4 + ring * (mask + 1) + (tail & mask)] = entry
    Atomics.store(this.words, tailWord, (tail + 1) | 0)
    if (ring === this.at('TIMED_RING')) this.engine.wakeTimers()
    else if (this.word('SEARCHING') === 0 && this.word('PARKED_WORKERS') > 0 && this.engine.runOrWake()) this.drain()
  }

  /** Submits what a slot holds, and waits for its end. The slot stays the caller's. */
  settle(slot: number, ring = 1): Promise<Settled> {
    const settled = new Promise<Settled>((resolve) => this.#waiting.set(slot, resolve))
    this.engine.keepAlive(true)
    this.push(ring, slot)
    this.drain()
    return settled
  }

  /** Runs one task of scalars in a slot of its own. */
  async run(plan: number, ...args: number[]): Promise<Settled> {
    const slot = this.takeSlot()
    this.fill(slot, plan, args, false)
    const settled = await this.settle(slot)
    if (settled.state !== this.at('SLOT_STATE_COMPLETED')) this.engine.free(slot)
    this.giveSlot(slot)
    return settled
  }

  /** Runs one task with attached arguments and gives its state, and its result or error. */
  async runAttached(plan: number, args: readonly unknown[]): Promise<{ settled: Settled; value: unknown }> {
    const slot = this.takeSlot()
    try {
      this.engine.attach(slot, plan, args)
    } catch (error) {
      this.giveSlot(slot)
      throw error
    }
    this.fill(slot, plan, [], true)
    const settled = await this.settle(slot)
    const value = this.outcome(settled)
    this.engine.free(slot)
    this.giveSlot(slot)
    return { settled, value }
  }

  outcome({ slot, state, resultType, scalar }: Settled): unknown {
    if (state !== this.at('SLOT_STATE_COMPLETED')) return this.engine.error(slot)
    return resultType >= 1 && resultType <= 4 ? scalar : this.engine.result(slot)
  }

  /** Takes what came back; asks to be woken for the rest, if there is any. */
  drain(): void {
    while (this.#waiting.size > 0) {
      while (this.#takeOne());
      Atomics.store(this.words, this.at('WORD_WAITING'), 1)
      // what came before the flag was seen wakes nobody
      if (!this.#ready()) break
    }
    if (this.#waiting.size === 0) this.engine.keepAlive(false)
  }

  #onWake(): void {
    this.drain()
  }

  #entry(): number {
    return this.word('COMPLETIONS_OFFSET') / 4 + 2 * (this.#drained & this.word('COMPLETION_MASK'))
  }

  #ready(): boolean {
    return Atomics.load(this.words, this.#entry() + 1) === ((this.#drained + 1) | 0)
  }

  #takeOne(): boolean {
    if (!this.#ready()) return false
    const what = this.words[this.#entry()] ?? 0
    this.#drained = (this.#drained + 1) | 0
    Atomics.store(this.words, this.at('WORD_COMPLETED_HEAD'), this.#drained)
    const kind = what >>> this.at('NOTICE_SHIFT')
    const slot = what & ((1 << this.at('NOTICE_SHIFT')) - 1)
    if (kind === this.at('NOTICE_SETTLED')) this.#settled(slot)
    else this.notices.push({ slot, kind })
    return true
  }

  #settled(slot: number): void {
    const resolve = this.#waiting.get(slot)
    this.#waiting.delete(slot)
    resolve?.({
      slot,
      state: this.words[this.slotWord(slot, 'STATE')] ?? -1,
      resultType: this.words[this.slotWord(slot, 'RESULT_TYPE')] ?? -1,
      scalar: this.doubles[this.slotWord(slot, 'RESULT') / 2] ?? NaN,
      attempt: this.words[this.slotWord(slot, 'ATTEMPT')] ?? -1,
    })
  }
}
