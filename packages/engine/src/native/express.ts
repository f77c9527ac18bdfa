// The short way: a task that needs nothing but its kernel and a few numbers is written into a slot, and C looks after it from
// beginning to end, with delays, retries and timeouts.
import type { TaskHandle } from '../contract/task.ts'
import type { EventStream } from '../support/event-stream.ts'
import type { Elsewhere, Occupancy } from '../typescript/occupancy.ts'
import type { Statistics } from '../typescript/statistics.ts'
import type { TaskTable } from '../typescript/task-table.ts'
import type { Walk } from '../typescript/walk.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'
import type { CreationTimes } from './creation-times.ts'
import { requireScalars } from './kernel-plan.ts'
import type { KernelPlan } from './kernel-plan.ts'
import type { Messenger } from './messenger.ts'
import type { NativeNews } from './native-news.ts'
import type { NativeParts } from './native-settlement.ts'
import { NativeTask } from './native-task.ts'
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { TaskBit, placeOf } from './slab.ts'
import type { Slabs } from './slab.ts'
import { writeArguments } from './slot-values.ts'
import type { Slots } from './slots.ts'

const { SLOT_PLAN, SLOT_READY_AT, SLOT_STATE, SLOT_STATE_RUNNING } = portLayout

/** Slots left for attempts of the walk, beside two for each worker. */
const LEFT_FOR_WALK = 2048
/** How long, in milliseconds, a count of running tasks is good for at least, and how many times as long as it took. */
const COUNT_AGAIN_MS = 1
const COUNT_SHARE = 20
/** How often, in milliseconds, those who wait for room are seen to. */
const LOOK_FOR_ROOM_MS = 5

export class Express implements Elsewhere {
  readonly #parts: WalkParts
  readonly #walk: Walk
  /** Of the walk, at hand. */
  readonly #table: TaskTable
  readonly #statistics: Statistics
  readonly #occupancy: Occupancy
  readonly #events: EventStream
  readonly #port: Port
  readonly #slots: Slots
  readonly #messenger: Messenger
  readonly #news: NativeNews
  readonly #slabs: Slabs
  readonly #createdAt: CreationTimes
  readonly #reserve: number
  #counted = 0
  #countAgainAt = -Infinity
  #countedAmong = 0
  #looking = false
  /** When the latest task was submitted, in an array: elsewhere each number that is not whole is an object of its own. */
  readonly #latest = new Float64Array(1)

  constructor({ port, slots, slabs, createdAt, news, walk }: NativeParts, messenger: Messenger, maxWorkers: number) {
    this.#parts = walk
    this.#walk = walk.walk
    this.#table = walk.table
    this.#statistics = walk.walk.statistics
    this.#occupancy = walk.walk.occupancy
    this.#events = walk.walk.events
    this.#port = port
    this.#slots = slots
    this.#messenger = messenger
    this.#news = news
    this.#slabs = slabs
    this.#createdAt = createdAt
    this.#reserve = Math.min(LEFT_FOR_WALK + 2 * maxWorkers, port.slots >> 1)
  }

  /** Whether the task can go this way now: nothing holds its name back, and a slot is free. */
  takes(kernel: KernelPlan): boolean {
    return (
      this.#walk.keeper === null && kernel.express && kernel.named.gate === null && this.#slots.free > this.#reserve
    )
  }

  /** @throws QueueFullError, PayloadError */
  submit(kernel: KernelPlan, args: readonly unknown[]): NativeTask {
    requireScalars(kernel, args)
    if (this.#occupancy.queued >= this.#occupancy.capacity) this.#makeRoom(1)
    // The first of a turn reads the clock; those right behind it take the time from the workers, who note it as they claim.
    if (this.#messenger.inBurst) this.#latest[0] = Math.max(this.#latest[0] ?? 0, this.#port.workersTime)
    else this.#latest[0] = this.#walk.clock.now()
    return this.#admit(kernel, args, this.#news.asked)
  }

  /** All or none. @throws as `submit` */
  submitMany(kernel: KernelPlan, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    for (const args of argsList) requireScalars(kernel, args)
    const { clock, occupancy } = this.#walk
    const places = argsList.length
    if (occupancy.queued + places > occupancy.capacity) this.#makeRoom(places)
    this.#latest[0] = clock.now()
    const told = this.#news.asked
    const tasks: NativeTask[] = []
    for (let index = 0; index < places; index++) tasks.push(this.#admit(kernel, argsList[index] ?? [], told))
    return tasks
  }

  /** Whether there are slots for so many. */
  hasSlots(count: number): boolean {
    return this.#slots.free - this.#reserve >= count
  }

  #makeRoom(places: number): void {
    this.#messenger.publish()
    this.#messenger.drain()
    this.#parts.intake.requireRoom(places)
  }

  #admit(kernel: KernelPlan, args: readonly unknown[], told: boolean): NativeTask {
    const now = this.#latest[0] ?? 0
    const port = this.#port
    const slots = this.#slots
    const slot = slots.take()
    const sequence = this.#table.takeSequence()
    const slab = kernel.givesObjects ? this.#slabs.alone(sequence) : this.#slabs.roomFor(sequence)
    const place = slab.add(kernel, sequence, slot, told)
    this.#createdAt.set(slot, kernel.signature.length, now)
    const plan = told ? kernel.telling : kernel.quiet
    const { words } = port
    const word = port.wordOf(slot)
    const dueAt = now + kernel.delayMs
    slots.tasks[slot] = slab.first + place
    words[word + SLOT_PLAN / 4] = plan.index
    port.doubles[port.doubleOf(slot) + SLOT_READY_AT / 8] = dueAt
    writeArguments(port, slot, args)
    plan.users++
    slots.unsettled++
    this.#statistics.submitted++
    kernel.series.submitted++
    this.#occupancy.entered()
    if (this.#occupancy.unsettled === 1) this.#parts.keepAlive.hold(true)
    const task = new NativeTask(slab, place)
    if (this.#events.wantsSubmissions) this.#news.tellSubmitted(task, now, dueAt)
    this.#messenger.send(kernel.ring, slot)
    return task
  }

  /** How many of the tasks run: as many as say so in their slots, at some moment of late. */
  running(): number {
    if (this.#slots.unsettled === 0) return 0
    const now = performance.now()
    if (now < this.#countAgainAt && this.#slots.unsettled === this.#countedAmong) return this.#counted
    this.#messenger.publish()
    this.#counted = this.#countRunning()
    this.#countedAmong = this.#slots.unsettled
    this.#countAgainAt = now + Math.max(COUNT_AGAIN_MS, (performance.now() - now) * COUNT_SHARE)
    return this.#counted
  }

  #countRunning(): number {
    const { words } = this.#port
    let count = 0
    this.forEach(({ slot }) => {
      if (words[this.#port.wordOf(slot) + SLOT_STATE / 4] === SLOT_STATE_RUNNING) count++
    })
    return count
  }

  /** Each unsettled task that C has. */
  forEach(visit: (task: NativeTask) => void): void {
    const { tasks, end } = this.#slots
    let left = this.#slots.unsettled
    for (let slot = 0; left > 0 && slot < end; slot++) {
      const number = tasks[slot] ?? 0
      if (number === 0) continue
      const slab = this.#slabs.of(number)
      if ((slab.flagsOf(placeOf(number)) & (TaskBit.END | TaskBit.RETURNED)) !== 0) continue
      left--
      visit(new NativeTask(slab, placeOf(number)))
    }
  }

  /** C does not say when a task starts: it is looked for, while somebody waits for room and nothing settles. */
  roomWanted(): void {
    if (this.#looking || this.#slots.unsettled === 0) return
    this.#looking = true
    const { clock, timers } = this.#walk
    timers.add(clock.now() + LOOK_FOR_ROOM_MS, this.#lookForRoom)
  }

  readonly #lookForRoom = (): void => {
    const { occupancy } = this.#walk
    this.#looking = false
    occupancy.letIn()
    if (occupancy.wanted) this.roomWanted()
  }
}
