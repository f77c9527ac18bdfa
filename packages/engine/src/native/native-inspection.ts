// What people ask about tasks that C looks after.
import { isSettled } from '../contract/task-state.ts'
import type { TaskInfo, TaskStats, TaskStatus } from '../contract/task.ts'
import type { ListedElsewhere, TasksElsewhere } from '../typescript/inspection.ts'
import type { Plan } from '../typescript/plan.ts'
import type { KernelPlan } from './kernel-plan.ts'
import type { NativeParts } from './native-settlement.ts'
import { NativeTask } from './native-task.ts'
import { PastRun } from './past-run.ts'
import { portLayout } from './port-layout.ts'
import { TaskBit, placeOf } from './slab.ts'
import { argumentsIn } from './slot-values.ts'

const { SLOT_STATE, SLOT_READY_AT, SLOT_STATE_PENDING, SLOT_STATE_SCHEDULED } = portLayout
const { SLOT_STATE_RUNNING, SLOT_STATE_RETRYING } = portLayout

const KIB_PER_MIB = 1024

export class NativeInspection implements TasksElsewhere {
  readonly #parts: NativeParts
  readonly #workers: () => number

  constructor(parts: NativeParts, workers: () => number) {
    this.#parts = parts
    this.#workers = workers
  }

  find(taskId: string): NativeTask | undefined {
    const { table } = this.#parts.walk
    const task = this.#keptIn(table.slotOf(taskId) ?? -1)
    return task?.taskId === taskId ? task : undefined
  }

  *tasks(): Generator<ListedElsewhere> {
    for (let slot = 0; slot < this.#parts.slots.end; slot++) {
      const task = this.#keptIn(slot)
      if (task !== undefined) yield task
    }
  }

  #keptIn(slot: number): NativeTask | undefined {
    const { slots, slabs } = this.#parts
    const number = slots.tasks[slot] ?? 0
    if (number === 0) return undefined
    const task = new NativeTask(slabs.of(number), placeOf(number))
    return task.has(TaskBit.FORGOTTEN) ? undefined : task
  }

  /** Where an unsettled task is. One that C has finished still runs, until it has come back. */
  statusOf(task: NativeTask): TaskStatus {
    const { port } = this.#parts
    const state = port.words[port.wordOf(task.slot) + SLOT_STATE / 4]
    if (state === SLOT_STATE_PENDING) return this.#isDue(task) ? 'pending' : 'scheduled'
    if (state === SLOT_STATE_SCHEDULED) return 'scheduled'
    return state === SLOT_STATE_RETRYING ? 'retrying' : 'running'
  }

  /** Whether C has said in the slot that the task has ended. */
  hasEnded(task: NativeTask): boolean {
    const { port } = this.#parts
    return (port.words[port.wordOf(task.slot) + SLOT_STATE / 4] ?? 0) > SLOT_STATE_RETRYING
  }

  /** Since when it waits for a worker, or for its moment: when it is due. */
  readyAt({ slot }: NativeTask): number {
    const { port } = this.#parts
    return port.doubles[port.doubleOf(slot) + SLOT_READY_AT / 8] ?? 0
  }

  /** C does not see a delayed task before it takes it in. */
  #isDue(task: NativeTask): boolean {
    return task.plan.options.delayMs === 0 || this.readyAt(task) <= this.#parts.walk.walk.clock.now()
  }

  /** What is known of its runs: the slot says it until the task has ended. */
  past(task: NativeTask): PastRun {
    const { slab, place } = task
    if (task.ending === undefined) return this.#pastOfUnsettled(task)
    return slab.readRun(place, (doubles, words, at) => {
      return new PastRun(doubles, words, at, slab.createdAt(place), slab.settledAt(place))
    })
  }

  #pastOfUnsettled({ kernel, slot }: NativeTask): PastRun {
    const { createdAt, port } = this.#parts
    return PastRun.read(port, slot, createdAt.get(slot, (kernel as KernelPlan).signature.length))
  }

  statsOf(task: NativeTask, past: PastRun): TaskStats {
    const { home, walk } = this.#parts.walk
    const { toEpoch } = walk
    const { status } = task
    const now = walk.clock.now()
    const running = status === 'running'
    return {
      taskId: task.taskId,
      name: task.name,
      status,
      priority: task.plan.options.priority,
      lane: 'native',
      engine: home.engineName,
      createdAt: toEpoch(past.createdAt),
      startedAt: Number.isNaN(past.startedAt) ? null : toEpoch(past.startedAt),
      completedAt: isSettled(status) ? toEpoch(past.settledAt) : null,
      waitTimeMs: status === 'retrying' ? waitedFirst(past, task.plan) : waited(past, status, now),
      executionTimeMs: Number.isNaN(past.startedAt)
        ? null
        : Math.max(0, (running ? now : past.endedAt) - past.startedAt),
      memoryUsageMb: past.attempt === 0 ? null : past.memoryKb / KIB_PER_MIB,
      retries: Math.max(0, past.attempt - 1),
      workerId: past.attempt === 0 ? null : past.workerId,
      progress: null,
    }
  }

  infoOf(task: NativeTask, past: PastRun): TaskInfo {
    const { options } = task.plan
    const stats = task.stats()
    const waits = stats.status === 'scheduled' || stats.status === 'retrying'
    return {
      ...stats,
      args: this.#keptArguments(task),
      tags: options.tags,
      metadata: options.metadata,
      logs: [],
      outcome: task.peekOutcome() ?? null,
      dueAt: waits ? this.#parts.walk.walk.toEpoch(past.readyAt) : null,
      waitingFor: stats.status === 'pending' ? this.#waitingFor() : null,
      lastHeartbeatAt: null,
      retryOf: null,
    }
  }

  /** They stay in the slot for as long as the task can be looked up. */
  #keptArguments(task: NativeTask): unknown[] {
    const { port, slots } = this.#parts
    const { number, slot } = task
    return slots.tasks[slot] === number ? argumentsIn(port, slot, (task.kernel as KernelPlan).signature) : []
  }

  #waitingFor(): string {
    if (this.#parts.walk.walk.paused) return 'the engine is paused'
    const workers = this.#workers()
    return `it waits for its turn on one of ${workers} ${workers === 1 ? 'worker' : 'workers'}`
  }

  /** When attempts that run were started, by the clock of C. */
  runningSince(): number[] {
    const { port, slots } = this.#parts
    const since: number[] = []
    for (let slot = 0; slot < slots.end; slot++) {
      if (!slots.isTaken(slot) || port.words[port.wordOf(slot) + SLOT_STATE / 4] !== SLOT_STATE_RUNNING) continue
      since.push(PastRun.read(port, slot, 0).startedAt)
    }
    return since
  }
}

/** C keeps when the next attempt comes due in the place of when the latest could have started: of the first that is known. */
function waitedFirst({ attempt, createdAt, startedAt }: PastRun, { options }: Plan): number {
  return attempt === 1 ? Math.max(0, startedAt - createdAt - options.delayMs) : 0
}

/** From the moment the latest attempt could have started to its start; still growing while it waits. */
function waited(past: PastRun, status: TaskStatus, now: number): number {
  if (status === 'pending') return Math.max(0, now - past.readyAt)
  if (!Number.isNaN(past.startedAt)) return Math.max(0, past.startedAt - past.readyAt)
  return Math.max(0, (Number.isNaN(past.settledAt) ? now : past.settledAt) - past.readyAt)
}
