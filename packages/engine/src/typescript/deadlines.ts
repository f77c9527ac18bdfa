// When running attempts run out of time. One timer serves them all, set for the earliest deadline: an attempt that ends in
// time, the usual case, costs a comparison and no timer. A ring looks at what runs, which is at most the number of slots.
import type { IntrusiveList } from './intrusive-list.ts'
import type { RunState } from './run-state.ts'
import type { TimerEntry, TimerQueue } from './timer-queue.ts'

export class Deadlines {
  readonly #running: IntrusiveList
  readonly #timers: TimerQueue
  readonly #timedOut: (run: RunState, now: number) => void
  #timer: TimerEntry | null = null
  #setFor = Infinity

  /** @param timedOut told of each attempt that is still running at its deadline, the earliest first */
  constructor(running: IntrusiveList, timers: TimerQueue, timedOut: (run: RunState, now: number) => void) {
    this.#running = running
    this.#timers = timers
    this.#timedOut = timedOut
  }

  /** From now on the attempt, which is in the list of what runs, may run out of time. */
  watch(run: RunState): void {
    const deadline = deadlineOf(run)
    if (deadline < this.#setFor) this.#set(deadline)
  }

  #set(deadline: number): void {
    this.#timers.remove(this.#timer)
    this.#setFor = deadline
    this.#timer = this.#timers.add(deadline, this.#look)
  }

  readonly #look = (now: number): void => {
    this.#timer = null
    this.#setFor = Infinity
    const runs = [...this.#running].flatMap(({ run }) => (run === null ? [] : [run]))
    const over = runs.filter((run) => deadlineOf(run) <= now).toSorted((a, b) => deadlineOf(a) - deadlineOf(b))
    const next = runs.reduce(
      (least, run) => (deadlineOf(run) > now ? Math.min(least, deadlineOf(run)) : least),
      Infinity,
    )
    if (next < this.#setFor) this.#set(next)
    for (const run of over) this.#timedOut(run, now)
  }
}

function deadlineOf(run: RunState): number {
  return run.startedAt + run.record.plan.options.timeoutMs
}
