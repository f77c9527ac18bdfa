// Everything that works with C, wired together once the C engine runs.
import type { NativeCore, NativeEngineBinding } from '@catzilla/core-c'
import { randomInt } from 'node:crypto'
import { isSettled } from '../contract/task-state.ts'
import type { TaskInfo, TaskStats, TaskStatus, TaskSummary } from '../contract/task.ts'
import type { ResolvedEngineOptions } from '../options/engine-options.ts'
import { summary } from '../typescript/inspection.ts'
import type { Plan } from '../typescript/plan.ts'
import { RecentRuns } from '../typescript/recent-runs.ts'
import type { Retention } from '../typescript/retention.ts'
import { cancelledError } from '../typescript/settlement.ts'
import { closedError } from '../typescript/shutdown.ts'
import type { ThreadFigures } from '../typescript/snapshot.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'
import { AttemptSettlement } from './attempt-settlement.ts'
import { CPlans } from './c-plans.ts'
import { CreationTimes } from './creation-times.ts'
import { Express } from './express.ts'
import { KernelCatalog } from './kernel-catalog.ts'
import type { KernelLane } from './kernel-lane.ts'
import { KernelPlan } from './kernel-plan.ts'
import { Messenger } from './messenger.ts'
import type { Receiver } from './messenger.ts'
import { boundsOf, nativeFigures } from './native-figures.ts'
import { NativeInspection } from './native-inspection.ts'
import { NativeNews } from './native-news.ts'
import { NativeSettlement } from './native-settlement.ts'
import type { NativeParts } from './native-settlement.ts'
import { NativeTask } from './native-task.ts'
import type { NativeTaskHome } from './native-task.ts'
import { portLayout } from './port-layout.ts'
import { Port, kindOfNotice, slotOfNotice } from './port.ts'
import type { PastRun } from './past-run.ts'
import { Recall } from './recall.ts'
import { Slabs, TaskBit, placeOf } from './slab.ts'
import { SlotShelf } from './slot-shelf.ts'
import { SeriesBooks } from './series-books.ts'
import { Slots } from './slots.ts'

const { NOTICE_SETTLED, NOTICE_STARTED, SLOT_CANCEL } = portLayout

const MOST_SLOTS = 2 ** 20
/** Slots beside those of tasks that wait or are kept. */
const SPARE_SLOTS = 4096
const BYTES_PER_MIB = 1024 * 1024
/** Most seeds that `randomInt` gives. */
const SEEDS = 2 ** 48 - 1

export class NativeSide implements NativeTaskHome, Receiver {
  readonly binding: NativeEngineBinding
  readonly port: Port
  readonly slots: Slots
  readonly messenger: Messenger
  readonly express: Express
  readonly attempts: AttemptSettlement
  readonly inspection: NativeInspection
  readonly catalog: KernelCatalog
  readonly recall: Recall
  workers: number
  readonly #parts: NativeParts
  readonly #walk: WalkParts
  readonly #lane: KernelLane
  readonly #settlement: NativeSettlement
  readonly #plans = new WeakMap<Plan, KernelPlan>()
  readonly #shelves = new Map<Retention, Map<number, SlotShelf>>()
  readonly #allowsExpress: (plan: Plan) => boolean
  readonly #jemalloc: boolean
  readonly #options: ResolvedEngineOptions
  /** Of the moment at which the engine was closed. */
  #lastFigures: ThreadFigures | undefined

  /** @throws EngineUnavailableError, or what the binding throws when there is no memory or no thread */
  constructor(core: NativeCore, walk: WalkParts, lane: KernelLane, options: ResolvedEngineOptions) {
    this.#walk = walk
    this.#options = options
    this.#lane = lane
    this.workers = options.workers
    this.binding = startBinding(core, options, lane.keepsTime, () => this.messenger.wake())
    this.port = new Port(this.binding.memory)
    this.slots = new Slots(this.port.slots)
    const plans = new CPlans(this.binding)
    const recent = new RecentRuns(walk.walk.clock.now())
    const news = new NativeNews(walk.walk, this.binding, this.port)
    const books = new SeriesBooks(this.binding)
    const { binding, port, slots } = this
    this.#parts = {
      binding,
      port,
      slots,
      slabs: new Slabs(),
      createdAt: new CreationTimes(port),
      plans,
      books,
      recent,
      news,
      walk,
    }
    this.messenger = new Messenger(this.binding, this.port, this)
    this.express = new Express(this.#parts, this.messenger, options.maxWorkers)
    this.attempts = new AttemptSettlement(this.#parts, lane)
    this.inspection = new NativeInspection(this.#parts, () => this.workers)
    this.catalog = new KernelCatalog(this.binding)
    this.recall = new Recall(this.#parts, lane, this.express, this.messenger)
    this.#settlement = new NativeSettlement(this.#parts, (task, slot) => this.recall.moveBailed(task, slot))
    this.#jemalloc = core.allocator.includes('jemalloc')
    // C has jitter of its own: where somebody brings his, the walk does the retries
    const ownRandom = options.random !== Math.random
    this.#allowsExpress = ({ options: task }) =>
      lane.keepsTime && !(ownRandom && task.maxRetries > 0 && task.retryJitter > 0)
  }

  /** What the lane has worked out for a plan of the walk. */
  kernelPlanOf(plan: Plan): KernelPlan {
    let kernel = this.#plans.get(plan)
    if (kernel === undefined) {
      kernel = this.#makePlan(plan)
      this.#plans.set(plan, kernel)
    }
    return kernel
  }

  #makePlan(plan: Plan): KernelPlan {
    const { call, named, options } = plan
    const reference = call.kernel ?? named.kernel
    if (reference === undefined) throw new TypeError(`task '${call.name}' has no kernel`)
    const { completedKept, failedKept } = this.#walk.walk
    return new KernelPlan(plan, this.catalog.find(reference, call.name), {
      home: this,
      plans: this.#parts.plans,
      books: this.#parts.books,
      keepsTime: this.#lane.keepsTime,
      express: this.#allowsExpress(plan),
      completedShelf: this.#shelfOf(completedKept, options.keepResultMs),
      failedShelf: this.#shelfOf(failedKept, options.keepResultMs),
    })
  }

  #shelfOf(retention: Retention, keepMs: number): SlotShelf {
    const shelves = this.#shelves.get(retention) ?? new Map<number, SlotShelf>()
    this.#shelves.set(retention, shelves)
    const shelf = shelves.get(keepMs) ?? new SlotShelf(keepMs, retention, this.#settlement)
    shelves.set(keepMs, shelf)
    return shelf
  }

  receive(entries: Int32Array, from: number, until: number): number {
    const next = this.#settlement.settleAlike(entries, from, until)
    this.messenger.inFlight -= next - from
    if (next > from) return next
    this.#receiveOne(entries[from] ?? 0)
    return from + 1
  }

  #receiveOne(entry: number): void {
    const kind = kindOfNotice(entry)
    const slot = slotOfNotice(entry)
    const number = this.slots.tasks[slot] ?? 0
    if (number === 0) return this.#receiveOfAttempt(kind, slot)
    if (kind === NOTICE_SETTLED) {
      this.messenger.inFlight--
      this.#settlement.settle(number, slot)
      return
    }
    const task = new NativeTask(this.#parts.slabs.of(number), placeOf(number))
    if (kind === NOTICE_STARTED) this.#parts.news.tellStarted(task)
    else this.#parts.news.tellRetrying(task)
  }

  #receiveOfAttempt(kind: number, slot: number): void {
    const attempt = this.slots.attempts.get(slot)
    if (attempt === undefined) return
    if (kind === NOTICE_SETTLED) {
      this.messenger.inFlight--
      this.attempts.settle(attempt)
    } else if (kind === NOTICE_STARTED) this.attempts.started(attempt)
  }

  endRound(): void {
    this.#settlement.endRound()
    const { keepAlive, walk } = this.#walk
    keepAlive.hold(walk.occupancy.unsettled > 0)
  }

  /** C is to drop the task in a slot if it has not started, and to stop it if it has and listens. */
  askToStop(slot: number): void {
    Atomics.store(this.port.words, this.port.wordOf(slot) + SLOT_CANCEL / 4, 1)
  }

  holdUp(over: NativeTask | (() => boolean), timeoutMs: number): boolean {
    const isOver = typeof over === 'function' ? over : () => over.peekOutcome() !== undefined
    const { timers } = this.#walk.walk
    const endsAt = performance.now() + timeoutMs
    for (;;) {
      timers.fireDue()
      this.#lane.handOverNow()
      this.messenger.publish()
      this.messenger.drain()
      if (isOver()) return true
      const now = performance.now()
      if (now >= endsAt) return false
      const nextTimer = this.#lane.keepsTime ? Math.max(0, timers.nextDueAt - now) : Infinity
      this.messenger.waitForNext(Math.min(endsAt - now, nextTimer))
    }
  }

  taskId({ sequence, slot }: NativeTask): string {
    return this.#walk.table.idOf({ sequence, slot })
  }

  statusOf(task: NativeTask): TaskStatus {
    if (this.inspection.hasEnded(task)) {
      this.messenger.drain()
      if (task.ending !== undefined) return task.ending
    }
    return this.inspection.statusOf(task)
  }

  past(task: NativeTask): PastRun {
    return this.inspection.past(task)
  }

  statsOf(task: NativeTask, past: PastRun): TaskStats {
    return this.inspection.statsOf(task, past)
  }

  infoOf(task: NativeTask, past: PastRun): TaskInfo {
    return this.inspection.infoOf(task, past)
  }

  cancel(task: NativeTask, reason: string | undefined): boolean {
    return this.#end(task, cancelledError(task, reason))
  }

  #end(task: NativeTask, error: Error): boolean {
    // C must have a task before it can be told to drop it
    this.messenger.publish()
    // it may be ending just now: its last words to a console are told first, and who hears them may ask for anything
    if (task.ending !== undefined || task.has(TaskBit.RETURNED)) return false
    this.#settlement.cancel(task, error, this.#walk.walk.clock.now())
    return true
  }

  observeFailure(): void {
    this.#walk.walk.statistics.unobservedFailures--
  }

  defer(deliver: () => void): void {
    this.#walk.walk.events.defer(deliver)
  }

  cancelWaiting(dueAfter: number, why: string): number {
    this.messenger.drain()
    let cancelled = 0
    this.express.forEach((task) => {
      const { status } = task
      if (isSettled(status) || status === 'running') return
      const dueAt = status === 'pending' ? 0 : this.inspection.readyAt(task)
      if (dueAt > dueAfter && this.#end(task, closedError(task, why))) cancelled++
    })
    return cancelled
  }

  abandonRunning(why: string): TaskSummary[] {
    this.messenger.drain()
    const abandoned: TaskSummary[] = []
    this.express.forEach((task) => {
      const known = summary(task)
      if (this.#end(task, closedError(task, why))) abandoned.push(known)
    })
    return abandoned
  }

  figures(): ThreadFigures {
    return this.#lastFigures ?? this.#figuresNow()
  }

  #figuresNow(): ThreadFigures {
    this.messenger.publish()
    this.messenger.drain()
    return nativeFigures({
      parts: this.#parts,
      express: this.express,
      inspection: this.inspection,
      handed: this.#lane.handed,
      keepsTime: this.#lane.keepsTime,
      jemalloc: this.#jemalloc,
      bounds: boundsOf(this.#options),
    })
  }

  scale(workers: number): void {
    this.binding.scale(workers)
    this.workers = workers
    this.#lane.wake()
  }

  close(): void {
    this.#lastFigures = this.#figuresNow()
    this.#parts.books.close()
    this.messenger.close()
    this.binding.close()
  }
}

function startBinding(
  core: NativeCore,
  options: ResolvedEngineOptions,
  keepsTime: boolean,
  wake: () => void,
): NativeEngineBinding {
  const { queueSize, keepResults, keepFailures, workers, maxWorkers, memoryPoolMb, laneNice } = options
  const config = {
    slots: Math.min(queueSize + keepResults + keepFailures + maxWorkers + SPARE_SLOTS, MOST_SLOTS),
    workers,
    maxWorkers,
    memoryPoolBytes: Math.min(Math.ceil(memoryPoolMb * BYTES_PER_MIB), Number.MAX_SAFE_INTEGER),
    seed: randomInt(SEEDS),
    statistics: keepsTime,
    nice: laneNice,
  }
  return core.createEngine(config, performance.now(), wake)
}
