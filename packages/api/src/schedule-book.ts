// The schedules of one `BackgroundTasks`, by their ids.
import { ConfigurationError, describeValue, is, slotKey } from '@catzilla/engine'
import type { AnyTask } from './registry.ts'
import { Schedule } from './schedule.ts'
import type { ScheduleInfo, ScheduleOptions } from './schedule.ts'
import { placeIn } from './schedule-place.ts'
import type { TaskHome } from './task.ts'

export class ScheduleBook {
  readonly #home: TaskHome
  readonly #dormant: boolean
  readonly #schedules = new Map<string, Schedule>()

  /** @param dormant nothing comes due, as in a thread or process of a lane */
  constructor(home: TaskHome, dormant: boolean) {
    this.#home = home
    this.#dormant = dormant
  }

  get infos(): ScheduleInfo[] {
    return [...this.#schedules.values()].map((schedule) => schedule.info)
  }

  get(id: string): Schedule | undefined {
    return this.#schedules.get(id)
  }

  /** It takes the place of the one with that id. @throws ConfigurationError */
  add(id: string, when: ScheduleOptions, task: AnyTask, args: readonly unknown[]): Schedule {
    if (!is.object(when)) {
      throw new ConfigurationError(`schedule '${id}': give { cron } or { everyMs }, got ${describeValue(when)}`)
    }
    const { clock, engine } = this.#home
    const schedule: Schedule = new Schedule(id, task.taskName, when, {
      clock,
      dormant: this.#dormant,
      place: placeIn(engine, id, when),
      submit: async (slot) => {
        // the slot is the key: however often it is told to run, it runs once; a key of the task's own says more
        const keyed = slot === null || task.options.uniqueKey !== undefined
        await (keyed ? task : task.with({ uniqueKey: slotKey(id, slot) })).enqueue(...args)
      },
      removed: () => {
        if (this.#schedules.get(id) === schedule) this.#schedules.delete(id)
      },
    })
    this.#schedules.get(id)?.close()
    this.#schedules.set(id, schedule)
    return schedule
  }

  /** True when there was one. */
  remove(id: string): boolean {
    const schedule = this.#schedules.get(id)
    schedule?.remove()
    return schedule !== undefined
  }

  /** Ends them all in this process. */
  close(): void {
    for (const schedule of this.#schedules.values()) schedule.close()
  }
}
