// Where a schedule stands, kept beside the tasks of an engine that outlives the process: slots that pass while no process
// runs are then missed slots like others.
import { toError } from '@catzilla/engine'
import type { TaskEngine } from '@catzilla/engine'
import type { ScheduleOptions } from './schedule.ts'

export interface SchedulePlace {
  /** The first slot that has neither been run nor dropped, in epoch milliseconds; undefined: nothing is known. */
  read(): number | undefined
  /** Null: slots from here on are not made up for. */
  write(slot: number | null): void
}

/** In engines that keep nothing it is always unknown. @param when another timetable is another schedule */
export function placeIn(engine: TaskEngine, id: string, when: ScheduleOptions): SchedulePlace {
  const key = `schedule:${id}`
  const { cron, everyMs, timeZone } = when
  const timetable = JSON.stringify([cron, everyMs, timeZone])
  return {
    read() {
      try {
        const found = engine.records?.get(key) as { timetable?: unknown; slot?: unknown } | undefined
        return found?.timetable === timetable && typeof found.slot === 'number' ? found.slot : undefined
      } catch (thrown) {
        process.emitWarning(
          `schedule '${id}' begins anew, since where it stood cannot be read: ${toError(thrown).message}`,
          { type: 'CatzillaWarning', code: 'CATZILLA_SCHEDULE_ANEW' },
        )
        return undefined
      }
    },
    write(slot) {
      const written = engine.records?.write([[key, slot === null ? undefined : { timetable, slot }]])
      // a store that cannot be written refuses tasks as well, and that is told
      written?.catch(() => {})
    },
  }
}
