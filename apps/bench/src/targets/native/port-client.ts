// The port without the engine's bookkeeping: tasks of two numbers go straight into the shared slots and rings, and come
// back as a sum or as promises. No names, no options, no handles: it shows what an engine above the port could reach.
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NativeConfig, NativeCore, NativeEngineBinding, NativePlan } from '@catzilla/core-c'

/** Submissions after which the workers see them; at the end of a burst they always do. */
const PUBLISHED_TOGETHER = 32
/** Submissions in one go before completions are looked at. */
const BURST = 4096
const NORMAL = 2

const usualConfig: NativeConfig = {
  slots: 1 << 17,
  workers: 2,
  maxWorkers: 8,
  memoryPoolBytes: 500 * 2 ** 20,
  seed: 1,
  nice: 0,
  statistics: true,
}

/** As the default options of a task have it. */
const usualPlan: Omit<NativePlan, 'kernel'> = {
  priority: NORMAL,
  tell: false,
  maxRetries: 3,
  backoff: 3,
  retryDelayMs: 1000,
  retryMaxDelayMs: 60_000,
  retryJitter: 0.2,
  timeoutMs: 30_000,
  memoryLimitBytes: 100 * 2 ** 20,
  series: 0,
}

export class PortClient {
  readonly binding: NativeEngineBinding
  /** Of the results drained by `drainSum`. */
  sum = 0
  readonly #layout: Readonly<Record<string, number>>
  readonly #words: Int32Array
  readonly #doubles: Float64Array
  readonly #slotsAt: number
  readonly #slotBytes: number
  readonly #resultAt: number
  readonly #stateAt: number
  readonly #attemptAt: number
  readonly #cancelAt: number
  readonly #ringsAt: number
  readonly #ringMask: number
  readonly #completionsAt: number
  readonly #completionMask: number
  readonly #tailWord: number
  readonly #parkedWord: number
  readonly #searchingWord: number
  readonly #waitingWord: number
  readonly #timedRing: number
  readonly #free: Int32Array
  #freeCount: number
  readonly #tails: number[]
  #unpublished = 0
  #head = 0
  #woken = (): void => {}
  readonly #resolvers: ((value: number) => void)[] = []

  constructor(core: NativeCore, config: Partial<NativeConfig> = {}) {
    const { slots } = { ...usualConfig, ...config }
    this.binding = core.createEngine({ ...usualConfig, ...config }, performance.now(), () => this.#woken())
    const { memory } = this.binding
    this.#layout = core.portLayout
    this.#words = new Int32Array(memory)
    this.#doubles = new Float64Array(memory, 0, memory.byteLength >> 3)
    this.#slotsAt = this.#header('SLOTS_OFFSET')
    this.#slotBytes = this.#named('SLOT_BYTES')
    this.#resultAt = this.#named('SLOT_RESULT') >> 3
    this.#stateAt = this.#named('SLOT_STATE') >> 2
    this.#attemptAt = this.#named('SLOT_ATTEMPT') >> 2
    this.#cancelAt = this.#named('SLOT_CANCEL') >> 2
    this.#ringsAt = this.#header('RINGS_OFFSET') >> 2
    this.#ringMask = this.#header('RING_MASK')
    this.#completionsAt = this.#header('COMPLETIONS_OFFSET') >> 2
    this.#completionMask = this.#header('COMPLETION_MASK')
    this.#tailWord = this.#named('WORD_TAIL')
    this.#parkedWord = this.#named('WORD_PARKED_WORKERS')
    this.#searchingWord = this.#named('WORD_SEARCHING')
    this.#waitingWord = this.#named('WORD_WAITING')
    this.#timedRing = this.#named('TIMED_RING')
    this.#tails = Array.from<number>({ length: this.#named('PORT_RINGS') }).fill(0)
    this.#free = Int32Array.from({ length: slots }, (_, slot) => slot)
    this.#freeCount = slots
    this.binding.keepAlive(true)
  }

  close(): void {
    this.binding.keepAlive(false)
    this.binding.close()
  }

  /** Index of a plan for a kernel, with the default options of a task but for those given. */
  plan(kernelName: string, options: Partial<NativePlan> = {}): number {
    const kernel = this.binding.kernels.find(({ name }) => name === kernelName)
    if (kernel === undefined) throw new Error(`there is no kernel ${kernelName}`)
    return this.binding.definePlan({ ...usualPlan, ...options, kernel: kernel.index })
  }

  /** Runs `size` tasks with the arguments (0, 1), (1, 1) … and gives the sum of their results. */
  sumOf(plan: number, size: number): Promise<number> {
    return this.#sumOf(size, (index) => this.push(plan, index, 1))
  }

  /** Runs `size` tasks with the one argument `a`; gives the sum of their results. */
  sumOfAlike(plan: number, size: number, a: number): Promise<number> {
    return this.#sumOf(size, () => this.push(plan, a, 0))
  }

  async #sumOf(size: number, push: (index: number) => void): Promise<number> {
    this.sum = 0
    let [sent, done] = [0, 0]
    while (done < size) {
      const until = Math.min(size, sent + Math.min(BURST, this.#freeCount))
      while (sent < until) push(sent++)
      this.publish()
      const drained = this.drainSum()
      done += drained
      if (drained === 0) await this.#next()
    }
    return this.sum
  }

  /** The same with a promise for each, awaited in turn. */
  async awaitEach(plan: number, size: number): Promise<number> {
    const pending: Promise<number>[] = []
    for (let value = 0; value < size; value++) pending.push(this.promise(plan, value, 1))
    this.publish()
    const drained = this.#drainPromises(size)
    let sum = 0
    for (const each of pending) sum += await each
    await drained
    return sum
  }

  /** Submits one task, which the workers see at once, and settles with its result. */
  async roundTrip(plan: number, a: number, b: number): Promise<number> {
    this.sum = 0
    this.push(plan, a, b)
    this.publish()
    while (this.drainSum() === 0) await this.#sleep()
    return this.sum
  }

  /** A promise of the task's result; somebody has to publish and drain. */
  promise(plan: number, a: number, b: number): Promise<number> {
    const slot = this.push(plan, a, b)
    return new Promise((resolve) => {
      this.#resolvers[slot] = resolve
    })
  }

  /** Puts one task into the ring of its class. */
  push(plan: number, a: number, b: number): number {
    const slot = this.#fill(plan, performance.now(), 0)
    const at = ((this.#slotsAt + slot * this.#slotBytes) >> 3) + 2
    this.#doubles[at] = a
    this.#doubles[at + 1] = b
    this.#enter(slot, NORMAL)
    if (this.#unpublished >= PUBLISHED_TOGETHER) this.publish()
    return slot
  }

  /** Hands a task over that is due in `delayMs`. */
  pushDelayed(plan: number, a: number, b: number, delayMs: number): void {
    const slot = this.#fill(plan, performance.now() + delayMs, 0)
    const at = ((this.#slotsAt + slot * this.#slotBytes) >> 3) + 2
    this.#doubles[at] = a
    this.#doubles[at + 1] = b
    this.#enter(slot, this.#timedRing)
    Atomics.store(this.#words, this.#tailWord + 16 * this.#timedRing, this.#tails[this.#timedRing] ?? 0)
    if (Atomics.load(this.#words, this.#named('WORD_PARKED_TIMERS')) !== 0) this.binding.wakeTimers()
  }

  /** Runs a kernel over columns; settles with the milliseconds from the submission to the end. */
  async columns(plan: number, columns: readonly Float64Array[], out: Float64Array, rows: number): Promise<number> {
    const begunAt = performance.now()
    // attached first: C takes arguments for a free slot only
    const slot = this.#free[this.#freeCount - 1] ?? -1
    this.binding.attachColumns(slot, plan, columns, out, rows)
    this.#enter(this.#fill(plan, begunAt, 1), NORMAL)
    this.publish()
    while (this.drainSum() === 0) await this.#sleep()
    const took = performance.now() - begunAt
    this.binding.free(slot)
    return took
  }

  /** Shows C what was pushed, and calls it when no worker would look: it runs what is short, or wakes one. */
  publish(): void {
    if (this.#unpublished === 0) return
    this.#unpublished = 0
    Atomics.store(this.#words, this.#tailWord + 16 * NORMAL, this.#tails[NORMAL] ?? 0)
    const searching = Atomics.load(this.#words, this.#searchingWord)
    if (searching === 0 && Atomics.load(this.#words, this.#parkedWord) > 0) this.binding.runOrWake()
  }

  /** Takes all completions there are, adds up their results, and says how many there were. */
  drainSum(): number {
    let drained = 0
    for (let slot = this.#nextSettled(); slot >= 0; slot = this.#nextSettled()) {
      this.sum += this.#doubles[((this.#slotsAt + slot * this.#slotBytes) >> 3) + this.#resultAt] ?? Number.NaN
      this.#free[this.#freeCount++] = slot
      drained++
    }
    return drained
  }

  async #drainPromises(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const before = left
      for (let slot = this.#nextSettled(); slot >= 0; slot = this.#nextSettled()) {
        this.#resolvers[slot]?.(
          this.#doubles[((this.#slotsAt + slot * this.#slotBytes) >> 3) + this.#resultAt] ?? Number.NaN,
        )
        this.#free[this.#freeCount++] = slot
        left--
      }
      if (left === before) await this.#next()
      else await nextTurn()
    }
  }

  /** The slot of the next completion, taken out of the ring; -1 when there is none. */
  #nextSettled(): number {
    const at = this.#completionsAt + 2 * (this.#head & this.#completionMask)
    const next = (this.#head + 1) | 0
    if (Atomics.load(this.#words, at + 1) !== next) return -1
    this.#head = next
    return this.#words[at] ?? -1
  }

  /** Takes a free slot and writes what every task has. */
  #fill(plan: number, readyAt: number, attached: 0 | 1): number {
    if (this.#freeCount === 0) throw new Error('no slot is free')
    const slot = this.#free[--this.#freeCount] ?? -1
    const word = (this.#slotsAt + slot * this.#slotBytes) >> 2
    this.#words[word] = plan
    this.#words[word + 1] = attached
    this.#doubles[(word >> 1) + 1] = readyAt
    this.#words[word + this.#stateAt] = 0
    this.#words[word + this.#attemptAt] = 0
    this.#words[word + this.#cancelAt] = 0
    return slot
  }

  #enter(slot: number, ring: number): void {
    const tail = this.#tails[ring] ?? 0
    this.#words[this.#ringsAt + ring * (this.#ringMask + 1) + (tail & this.#ringMask)] = slot
    this.#tails[ring] = (tail + 1) | 0
    this.#unpublished++
  }

  /** A turn of the event loop, and if that brought nothing, sleep. */
  async #next(): Promise<void> {
    await nextTurn()
    if (!this.#hasSettled()) await this.#sleep()
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#woken = resolve
      Atomics.store(this.#words, this.#waitingWord, 1)
      // what came before the word was set wakes nobody
      if (this.#hasSettled()) {
        Atomics.store(this.#words, this.#waitingWord, 0)
        resolve()
      }
    })
  }

  #hasSettled(): boolean {
    const at = this.#completionsAt + 2 * (this.#head & this.#completionMask)
    return Atomics.load(this.#words, at + 1) === ((this.#head + 1) | 0)
  }

  #header(name: string): number {
    return (this.#words[this.#named(`WORD_${name}`)] ?? 0) >>> 0
  }

  #named(name: string): number {
    const value = this.#layout[name]
    if (value === undefined) throw new Error(`the port has no ${name}`)
    return value
  }
}
