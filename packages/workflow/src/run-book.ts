// The runs of a process that are under way, and the latest of those that are over.
import type { RunSummary } from './inspect.ts'
import { summaryOf } from './inspect.ts'
import type { RunStatus } from './inspect.ts'
import type { LiveRun } from './live-run.ts'

export interface RunQuery {
  readonly workflow?: string
  readonly status?: RunStatus | readonly RunStatus[]
  /** Also runs that are steps of others: false. */
  readonly children?: boolean
  /** 1..1000, 50 by default. */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

export interface RunPage {
  /** Newest first. */
  readonly runs: readonly RunSummary[]
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined
}

export class RunBook {
  /** In the order in which they were started. */
  readonly #runs = new Map<string, LiveRun>()
  readonly #numbers = new Map<string, number>()
  /** Ids of those that are over, the oldest first; those that are steps of others by themselves, since they are many. */
  readonly #over: string[] = []
  readonly #childrenOver: string[] = []
  #underWay = 0
  readonly #keep: number
  #started = 0
  #idle: (() => void)[] = []

  /** @param keep how many that are over are kept, and as many that are steps of others */
  constructor(keep: number) {
    this.#keep = keep
  }

  add(run: LiveRun): void {
    const { runId } = run.record
    // one that was interrupted and is taken up again
    for (const over of [this.#over, this.#childrenOver]) {
      const place = over.indexOf(runId)
      if (place >= 0) over.splice(place, 1)
    }
    this.#runs.set(runId, run)
    this.#numbers.set(runId, ++this.#started)
    this.#underWay++
  }

  get(runId: string): LiveRun | undefined {
    return this.#runs.get(runId)
  }

  isUnderWay(runId: string): boolean {
    return this.#runs.get(runId)?.handle.outcome === undefined && this.#runs.has(runId)
  }

  ended({ record: { runId, parentRunId } }: LiveRun): void {
    const over = parentRunId === null ? this.#over : this.#childrenOver
    over.push(runId)
    const oldest = over.length > this.#keep ? over.shift() : undefined
    if (oldest !== undefined) {
      this.#runs.delete(oldest)
      this.#numbers.delete(oldest)
    }
    if (--this.#underWay > 0) return
    for (const tell of this.#idle.splice(0)) tell()
  }

  /** Settles when no run is under way. */
  drained(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  list({ workflow, status, children = false, limit = 50, cursor }: RunQuery): RunPage {
    const wanted = status === undefined ? undefined : new Set([status].flat())
    const before = cursor === undefined ? Infinity : Number(cursor)
    const found: RunSummary[] = []
    for (const run of [...this.#runs.values()].toReversed()) {
      const { record } = run
      const number = this.#numbers.get(record.runId) ?? 0
      if (number >= before || (workflow !== undefined && record.workflow !== workflow)) continue
      if ((!children && record.parentRunId !== null) || wanted?.has(run.status) === false) continue
      if (found.length === limit) return { runs: found, nextCursor: String(this.#numberOf(found.at(-1))) }
      found.push(summaryOf(run))
    }
    return { runs: found, nextCursor: undefined }
  }

  #numberOf(run: RunSummary | undefined): number {
    return this.#numbers.get(run?.runId ?? '') ?? 0
  }
}
