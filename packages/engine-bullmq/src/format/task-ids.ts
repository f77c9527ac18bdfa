// Ids of tasks: `<prefix>-<number>-<engine>`, as the local engines read them, so that a worker's engine takes a task up under
// the id that another process gave it. The number is unique among the engines of all processes with near certainty.
import { randomBytes } from 'node:crypto'

/** The same for all engines: the local engine of each worker knows every id by it. */
export const ID_PREFIX = 'bq'

const COUNTS = 2 ** 21
const SERIES = 2 ** 31

export class TaskIds {
  /** 48 bits that are this engine's. */
  readonly #engine = randomBytes(6).readUIntBE(0, 6).toString(36)
  #series = randomSeries()
  #count = 0

  next(): string {
    if (this.#count === COUNTS) {
      this.#series = randomSeries()
      this.#count = 0
    }
    return `${ID_PREFIX}-${(this.#series * COUNTS + this.#count++).toString(36)}-${this.#engine}`
  }
}

function randomSeries(): number {
  return randomBytes(4).readUInt32BE() % SERIES
}
