// How many tasks are fetched for each lane.
import { resolveEngineOptions } from '@catzilla/engine'
import type { EngineOptions, LaneName, ScaleTarget } from '@catzilla/engine'
import { Slots } from './slots.ts'

export class LaneSlots {
  readonly #lanes: Readonly<Record<LaneName, Slots>>

  constructor(options: EngineOptions) {
    const { inlineConcurrency, maxThreads, maxProcesses, workers } = resolveEngineOptions(options)
    this.#lanes = {
      inline: new Slots(inlineConcurrency),
      thread: new Slots(maxThreads),
      process: new Slots(maxProcesses),
      // some for each, so that none is without work while the next ones come
      native: new Slots(workers * 4),
    }
  }

  of(lane: LaneName = 'inline'): Slots {
    return this.#lanes[lane]
  }

  scale({ inlineConcurrency, workers }: ScaleTarget): void {
    if (inlineConcurrency !== undefined) this.#lanes.inline.capacity = inlineConcurrency
    if (workers !== undefined) this.#lanes.native.capacity = workers * 4
  }
}
