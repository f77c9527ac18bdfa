// The native lane of the walk: tasks that need gates, keys, expiry or arguments that are no plain numbers take their turns
// here, and C runs one attempt after the other. Few are handed over at a time, so that it is the walk that keeps the order.
import type { CallGraph } from '../contract/call-graph.ts'
import { toError } from '../contract/errors.ts'
import type { TaskCall } from '../contract/task.ts'
import { runOutsideContexts } from '../lanes/task-context.ts'
import { IntrusiveList } from '../typescript/intrusive-list.ts'
import type { NamedTask } from '../typescript/plan.ts'
import { RemoteRecord } from '../typescript/remote-record.ts'
import type { LaneBeside } from '../typescript/remote-record.ts'
import { ReadyQueue } from '../typescript/ready-queue.ts'
import { isGated, isOverdue } from '../typescript/start.ts'
import { readyAt } from '../typescript/task-record.ts'
import type { TaskRecord } from '../typescript/task-record.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'
import { GraphAttempt } from './graph-attempt.ts'
import { KernelAttempt } from './kernel-attempt.ts'
import { asDoubles, rowsPerChunk } from './kernel-columns.ts'
import { areScalars, fitsSlot } from './kernel-plan.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { portLayout } from './port-layout.ts'
import { writeArguments } from './slot-values.ts'
import type { NativeSide } from './native-side.ts'

const { SLOT_PLAN, SLOT_ATTACHED, SLOT_READY_AT, SLOT_STATE, SLOT_ATTEMPT, SLOT_CANCEL } = portLayout
const { SLOT_STATE_PENDING } = portLayout

/** Most attempts handed over before they start, when other tasks wait in C before them. */
const MOST_AHEAD = 1024

const soon = Promise.resolve()

export class KernelLane implements LaneBeside {
  readonly name = 'native'
  readonly keepsTime: boolean
  readonly recordClass: typeof RemoteRecord = RemoteRecord
  readonly ready: ReadyQueue = new ReadyQueue()
  readonly running: IntrusiveList = new IntrusiveList()
  /** Handed over and, as far as this thread knows, not started. */
  readonly handed: IntrusiveList = new IntrusiveList()
  readonly #parts: WalkParts
  readonly #attempts = new Map<TaskRecord, KernelAttempt>()
  #side: NativeSide | null = null
  #woken = false
  #handing = false

  /** @param keepsTime whether the clock of the tasks is that of C */
  constructor(parts: WalkParts, keepsTime: boolean) {
    this.#parts = parts
    this.keepsTime = keepsTime
  }

  /** The C engine is there. */
  open(side: NativeSide): void {
    this.#side = side
  }

  wake(): void {
    if (this.#woken || this.#handing || this.ready.length === 0) return
    this.#woken = true
    void soon.then(this.#handOver)
  }

  readonly #handOver = (): void => {
    this.#woken = false
    runOutsideContexts(this.handOverNow)
  }

  /** Hands over as many as may be on their way. */
  readonly handOverNow = (): void => {
    const side = this.#side
    if (side === null || this.#handing) return
    this.#handing = true
    const { walk, settlement, keepAlive } = this.#parts
    const most = 2 * side.workers + Math.min(side.slots.unsettled, MOST_AHEAD)
    const now = walk.clock.now()
    while (!walk.paused && this.handed.length < most && side.slots.free > 0) {
      const record = this.ready.take(now)
      if (record === null) break
      if (isOverdue(record, now)) settlement.expire(record, now)
      else if (!isGated(record) || walk.gatekeeper.admit(record, now)) this.#hand(side, record)
    }
    side.messenger.publish()
    this.#handing = false
    keepAlive.hold(walk.occupancy.unsettled > 0)
  }

  #hand(side: NativeSide, record: TaskRecord): void {
    const { port, slots, messenger } = side
    const kernel = side.kernelPlanOf(record.plan)
    const slot = slots.take()
    const word = port.wordOf(slot)
    const { once } = kernel
    const attempt = new KernelAttempt(record, kernel, slot, columnOfResults(record))
    slots.handTo(attempt)
    port.words[word + SLOT_PLAN / 4] = once.index
    port.doubles[port.doubleOf(slot) + SLOT_READY_AT / 8] = this.keepsTime ? readyAt(record) : performance.now()
    port.words[word + SLOT_STATE / 4] = SLOT_STATE_PENDING
    port.words[word + SLOT_ATTEMPT / 4] = record.run?.attempt ?? 0
    port.words[word + SLOT_CANCEL / 4] = 0
    this.#attempts.set(record, attempt)
    this.handed.push(record)
    this.ready.countStart(record.plan.options.priority)
    once.users++
    try {
      port.words[word + SLOT_ATTACHED / 4] = this.#give(side, attempt, once.index) ? 1 : 0
    } catch (thrown) {
      return side.attempts.refused(attempt, toError(thrown))
    }
    messenger.send(record.plan.options.priority, slot)
  }

  /** Gives C the arguments; tells whether that took a call. */
  #give(side: NativeSide, attempt: KernelAttempt, plan: number): boolean {
    const { record, kernel, slot, out } = attempt
    if (record.plan.call.graph === true) {
      const graph = record.args[0] as CallGraph
      attempt.graph = new GraphAttempt(graph, graph.calls.map(this.#kernelOf))
      attempt.graph.attach(side.binding, slot)
      return true
    }
    const args = kernel.program?.encode?.(record.args) ?? record.args
    if (out !== null) {
      const rows = rowsPerChunk(out.length, side.workers)
      side.binding.attachColumns(slot, plan, asDoubles(args), out, rows)
      return true
    }
    if (fitsSlot(kernel.signature) && areScalars(kernel.signature, args)) {
      writeArguments(side.port, slot, args)
      return false
    }
    side.binding.attach(slot, plan, args)
    return true
  }

  readonly #kernelOf = (call: TaskCall): KernelPlan => {
    if (this.#side === null) throw new TypeError('a graph came before the engine was started')
    return this.#side.kernelPlanOf(this.#parts.plans.planFor(call))
  }

  takeBack(record: TaskRecord): boolean {
    if (record.list !== this.handed) return false
    this.handed.remove(record)
    this.abandon(record)
    return true
  }

  abandon(record: TaskRecord): void {
    const attempt = this.#attempts.get(record)
    if (attempt === undefined) return
    attempt.fate = 'dropped'
    this.#attempts.delete(record)
    this.#side?.askToStop(attempt.slot)
  }

  /** Calls back what is handed over and has not started: tasks of one name that may not start now. */
  recall(named: NamedTask): void {
    for (const record of this.handed) {
      const attempt = this.#attempts.get(record)
      if (record.plan.named !== named || attempt === undefined) continue
      attempt.fate = 'recalled'
      this.#side?.askToStop(attempt.slot)
    }
  }

  /** Takes charge of an attempt that C has already. */
  adopt(attempt: KernelAttempt): void {
    this.#attempts.set(attempt.record, attempt)
    if (attempt.run === null) this.handed.push(attempt.record)
    else this.running.push(attempt.record)
  }

  /** C has done with an attempt. */
  release({ record }: KernelAttempt): void {
    this.#attempts.delete(record)
  }

  holdUp(isOver: () => boolean, timeoutMs: number): boolean {
    return this.#side?.holdUp(isOver, timeoutMs) ?? isOver()
  }
}

/**
 * Room for the results of a task over columns. It is not zeroed: nobody sees it before C has written all of it, and memory that
 * was in use before need not be fetched from the system once more.
 */
function columnOfResults({ plan, args }: TaskRecord): Float64Array | null {
  if (plan.call.columns !== true) return null
  const { length } = args[0] as Float64Array
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(length * Float64Array.BYTES_PER_ELEMENT)
  return new Float64Array(buffer, byteOffset, length)
}
