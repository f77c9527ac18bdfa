// A store in memory: for tests of recovery, and as the pattern for durable ones.
import { WorkflowError } from '@catzilla/api'
import type { RunEvent } from './decide/events.ts'
import type { RunRecord, StoredRun, WorkflowStore } from './store.ts'

/** Runs that are over and still kept. */
const KEEP = 100

interface Kept {
  readonly record: RunRecord
  readonly events: RunEvent[]
  isOver: boolean
}

/** Holds values as they are, without copies: it lives as long as the process. */
export class MemoryStore implements WorkflowStore {
  readonly #runs = new Map<string, Kept>()
  /** Ids of the runs that are steps of a run. */
  readonly #children = new Map<string, string[]>()
  /** Ids of runs that are over, the oldest first. Those that are steps of others go with them. */
  readonly #over: string[] = []

  /** @throws WorkflowError when there is a run with that id */
  create(record: RunRecord): void {
    if (this.#runs.has(record.runId)) {
      throw new WorkflowError(`there is a run with id '${record.runId}' already; give another runId`, {
        runId: record.runId,
      })
    }
    this.#runs.set(record.runId, { record, events: [], isOver: false })
    if (record.parentRunId === null) return
    const siblings = this.#children.get(record.parentRunId)
    if (siblings === undefined) this.#children.set(record.parentRunId, [record.runId])
    else siblings.push(record.runId)
  }

  append(runId: string, events: readonly RunEvent[]): void {
    this.#runs.get(runId)?.events.push(...events)
  }

  finish(runId: string): void {
    const run = this.#runs.get(runId)
    if (run === undefined) return
    run.isOver = true
    if (run.record.parentRunId !== null) return
    this.#over.push(runId)
    const oldest = this.#over.length > KEEP ? this.#over.shift() : undefined
    if (oldest !== undefined) this.#forget(oldest)
  }

  load(runId: string): StoredRun | undefined {
    const run = this.#runs.get(runId)
    return run === undefined ? undefined : { record: run.record, events: [...run.events] }
  }

  unfinished(): readonly RunRecord[] {
    const open = [...this.#runs.values()].filter(({ record, isOver }) => !isOver && record.parentRunId === null)
    return open.map(({ record }) => record)
  }

  #forget(runId: string): void {
    this.#runs.delete(runId)
    for (const child of this.#children.get(runId) ?? []) this.#forget(child)
    this.#children.delete(runId)
  }
}
