// Runs beside durable tasks that are cut off at every single event, and taken up by an engine that opens the same folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks } from '@catzilla/api'
import type { StoredRun, WorkflowStore } from '@catzilla/workflow'
import { expect, onTestFinished, test } from 'vitest'
import { storeBeside } from '../src/record-store.ts'
import { describeOnEachEngine } from './engines.ts'
import { childIds, cutAfter, everything, finishedBodies, input, notesOf, outcomeOf } from './everything.ts'

describeOnEachEngine((engine) => {
  /** The tasks of a process, and the store of runs beside them. */
  function open(directory: string): { tasks: BackgroundTasks; store: WorkflowStore } {
    const tasks = createTasks({
      engine,
      durable: directory,
      workers: 1,
      enableAutoScaling: false,
      taskDefaults: { maxRetries: 0 },
    })
    return { tasks, store: storeBeside(tasks) as WorkflowStore }
  }

  /** False: the run had come to its end before there were so many events. */
  async function wasCut(directory: string, events: number, fails: boolean): Promise<boolean> {
    const { tasks, store } = open(directory)
    const { append, cut } = cutAfter(events, store)
    const { whole } = everything(tasks, storeThat(store, append), fails)
    const run = whole.execute(input, { runId: 'run' })
    const over = Promise.allSettled([run.wait()])
    const isCut = await Promise.race([cut.then(() => true), over.then(() => false)])
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })
    return isCut
  }

  for (const fails of [false, true]) {
    const end = fails ? 'fails and is compensated' : 'completes'
    test(`a run beside durable tasks that ${end} is cut at every event, and goes on without repeating what was done`, async () => {
      const root = mkdtempSync(join(tmpdir(), 'catzilla-workflow-cuts-'))
      onTestFinished(() => rmSync(root, { recursive: true, force: true }))
      let cuts = 0
      for (; await wasCut(join(root, String(cuts)), cuts, fails); cuts++) {
        const directory = join(root, String(cuts))
        const { tasks, store } = open(directory)
        const finished = finishedBodies(await recordsIn(store))
        const { runs, done } = everything(tasks, store, fails)
        const [taken, ...others] = await runs.recover()
        expect(others).toEqual([])
        const outcome = await taken?.wait().catch((error: Error) => error.message)
        expect(outcome).toBe(outcomeOf(fails))
        expect([...finished, ...done].toSorted()).toEqual(notesOf(fails))
        await runs.drain()
        await tasks.shutdown()
        rmSync(directory, { recursive: true, force: true })
      }
      expect(cuts).toBeGreaterThanOrEqual(20)
    })
  }
})

/** The store, but for how it takes events. */
function storeThat(store: WorkflowStore, append: WorkflowStore['append']): WorkflowStore {
  return {
    append,
    create: (record) => store.create(record),
    finish: (runId, end) => store.finish(runId, end),
    load: (runId) => store.load(runId),
    unfinished: (all) => store.unfinished(all),
  }
}

async function recordsIn(store: WorkflowStore): Promise<StoredRun[]> {
  const found: StoredRun[] = []
  for (const runId of ['run', ...childIds]) {
    const stored = await store.load(runId)
    if (stored !== undefined) found.push(stored)
  }
  return found
}
