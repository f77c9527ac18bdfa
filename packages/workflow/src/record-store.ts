// A store beside the tasks of an engine that outlives the process: the records of runs are kept where the tasks are.
import { EngineClosedError, PayloadError, WorkflowError } from '@catzilla/api'
import type { BackgroundTasks } from '@catzilla/api'
import { recordsOf } from '@catzilla/api/extend'
import type { EngineRecords, RecordChange } from '@catzilla/api/extend'
import type { RunEvent } from './decide/events.ts'
import type { RunRecord, StoredRun, WorkflowStore } from './store.ts'

const RUNS = 'workflow/run/'
const EVENTS = 'workflow/events/'
/** Digits of the number of an append, in base 36. */
const NUMBER_DIGITS = 8
/** So often a run is taken up though none of its steps has ended since it was the first time. */
const MOST_TIMES = 5

/** Runs that are over are not kept, with those that were their steps. What a step gave must be data that can be stored. */
export class RecordStore implements WorkflowStore {
  readonly #tasks: BackgroundTasks
  /** Of the next append, by run. */
  readonly #next = new Map<string, number>()

  constructor(tasks: BackgroundTasks) {
    this.#tasks = tasks
  }

  create(record: RunRecord): Promise<void> {
    const { runId } = record
    const records = this.#records()
    if (records.get(keyOfRun(runId)) !== undefined) {
      throw new WorkflowError(`there is a run with id '${runId}' already; give another runId`, { runId })
    }
    this.#next.set(runId, 0)
    return this.#written(records, runId, [[keyOfRun(runId), record]])
  }

  append(runId: string, events: readonly RunEvent[]): Promise<void> {
    const records = this.#records()
    const number = this.#next.get(runId) ?? 0
    this.#next.set(runId, number + 1)
    return this.#written(records, runId, [[keyOfEvents(runId, number), events]])
  }

  /** Runs that are steps stay until the run is over of which they are one: its record asks for theirs. */
  async finish(runId: string): Promise<void> {
    const records = this.#records()
    const record = records.get(keyOfRun(runId)) as RunRecord | undefined
    this.#next.delete(runId)
    if (record === undefined || record.parentRunId !== null) return
    await records.write(this.#removalOf(records, runId))
  }

  load(runId: string): StoredRun | undefined {
    const records = this.#records()
    const record = records.get(keyOfRun(runId)) as RunRecord | undefined
    if (record === undefined) return undefined
    const appended = [...records.startingWith(eventsOf(runId))].map(([, events]) => events as readonly RunEvent[])
    this.#next.set(runId, appended.length)
    return { record, events: appended.flat() }
  }

  unfinished(all = false): readonly RunRecord[] {
    const records = this.#records()
    const changes: RecordChange[] = []
    const found: RunRecord[] = []
    for (const [, value] of records.startingWith(RUNS)) {
      const record = value as RunRecord
      if (record.parentRunId !== null) continue
      const taking = takingOf(records, record.runId, all)
      if (taking.times > MOST_TIMES) tellPutAside(record)
      else {
        changes.push([keyOfTaking(record.runId), taking])
        found.push(record)
      }
    }
    // known before they go on: one may be what ends this process. And at once, before the engine runs what their steps
    // have left: a run finds a task of its own only as long as that has not ended
    if (changes.length > 0) records.writeNow(changes)
    return found
  }

  /** @throws EngineClosedError when nothing can be kept any more */
  #records(): EngineRecords {
    const records = recordsOf(this.#tasks)
    if (records !== undefined) return records
    throw new EngineClosedError(
      'the runs of workflows are kept beside their tasks, whose engine is closed; make new ones',
    )
  }

  async #written(records: EngineRecords, runId: string, changes: readonly RecordChange[]): Promise<void> {
    try {
      await records.write(changes)
    } catch (thrown) {
      if (!(thrown instanceof PayloadError)) throw thrown
      const { message } = thrown
      throw new WorkflowError(`${message}: what is given to a run, and what its steps give, is stored`, {
        cause: thrown,
        runId,
      })
    }
  }

  #removalOf(records: EngineRecords, runId: string): RecordChange[] {
    const own = [keyOfRun(runId), keyOfTaking(runId), ...[...records.startingWith(eventsOf(runId))].map(([key]) => key)]
    const removed = own.map((key): RecordChange => [key, undefined])
    // their ids go on where its own ends
    for (const [, record] of records.startingWith(`${keyOfRun(runId)}.`)) {
      const { parentRunId, runId: childId } = record as RunRecord
      if (parentRunId === runId) removed.push(...this.#removalOf(records, childId))
    }
    return removed
  }
}

/** Undefined for tasks that live as long as the process. */
export function storeBeside(tasks: BackgroundTasks | undefined): WorkflowStore | undefined {
  return tasks?.engine.capabilities.durable === true ? new RecordStore(tasks) : undefined
}

/** How often a run was taken up, and how far it had come then. */
interface Taking {
  readonly appends: number
  readonly times: number
}

function takingOf(records: EngineRecords, runId: string, anew: boolean): Taking {
  // those of its steps that are runs stand behind a dot
  const kinds = [eventsOf(runId), `${EVENTS}${encodeURIComponent(runId)}.`]
  const appends = kinds.reduce((sum, kind) => sum + [...records.startingWith(kind)].length, 0)
  const before = records.get(keyOfTaking(runId)) as Taking | undefined
  return { appends, times: !anew && before?.appends === appends ? before.times + 1 : 1 }
}

function tellPutAside({ runId, workflow }: RunRecord): void {
  process.emitWarning(
    `run ${runId} of workflow '${workflow}' is put aside: it was taken up ${MOST_TIMES} times without coming any further, so one of its steps may end the process; mend that, then take it up with recover({ all: true })`,
    { type: 'CatzillaWarning', code: 'CATZILLA_WORKFLOW_PUT_ASIDE' },
  )
}

function keyOfTaking(runId: string): string {
  return `workflow/taken/${encodeURIComponent(runId)}`
}

function keyOfRun(runId: string): string {
  return `${RUNS}${encodeURIComponent(runId)}`
}

/** Begins the keys of a run's events. */
function eventsOf(runId: string): string {
  return `${EVENTS}${encodeURIComponent(runId)}/`
}

function keyOfEvents(runId: string, number: number): string {
  return `${eventsOf(runId)}${number.toString(36).padStart(NUMBER_DIGITS, '0')}`
}
