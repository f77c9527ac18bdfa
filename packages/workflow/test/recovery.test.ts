// Runs that are cut off: at every single event, and taken up again from their record by another process.
import type { BackgroundTasks } from '@catzilla/api'
import { EngineClosedError } from '@catzilla/api'
import { Gate } from '@catzilla/test-kit/gate'
import { MemoryStore, WorkflowRuns, workflow } from '@catzilla/workflow'
import type { StoredRun, Workflow, WorkflowStore } from '@catzilla/workflow'
import { describe, expect, test } from 'vitest'
import { describeOnEachEngine } from './engines.ts'
import { childIds, cutAfter, everything, finishedBodies, input, notesOf, outcomeOf } from './everything.ts'
import { tasksForTest } from './tasks-for-test.ts'

/** A memory store that does some things in another way. */
function storeWith(other: Partial<WorkflowStore>): WorkflowStore {
  const memory = new MemoryStore()
  return {
    create: (record) => memory.create(record),
    append: (runId, events) => memory.append(runId, events),
    finish: (runId) => memory.finish(runId),
    load: (runId) => memory.load(runId),
    unfinished: () => memory.unfinished(),
    ...other,
  }
}

/** Takes no more events after so many: what a crash is to a run. `asynchronous`: it answers later. */
function cutStore(events: number, asynchronous: boolean): { store: WorkflowStore; cut: Promise<void> } {
  const memory = new MemoryStore()
  const { append, cut } = cutAfter(events, memory)
  const later: WorkflowStore['append'] = (runId, given) => append(runId, given) ?? Promise.resolve()
  const store = storeWith({
    append: asynchronous ? later : append,
    create: (record) => memory.create(record),
    load: (runId) => memory.load(runId),
  })
  return { store, cut }
}

/** What a new process finds: the record, by value. */
async function afterCrash(
  store: WorkflowStore,
  runIds: readonly string[],
): Promise<{ store: MemoryStore; runs: StoredRun[] }> {
  const fresh = new MemoryStore()
  const runs: StoredRun[] = []
  for (const runId of runIds) {
    const stored = await store.load(runId)
    if (stored === undefined) continue
    const { record, events } = structuredClone(stored)
    fresh.create(record)
    fresh.append(runId, events)
    runs.push({ record, events })
  }
  return { store: fresh, runs }
}

describeOnEachEngine((engine) => {
  for (const fails of [false, true]) {
    test(`a run that ${fails ? 'fails and is compensated' : 'completes'} is cut at every event, and goes on without repeating what was done`, async () => {
      const tasks = tasksForTest({ engine })
      const whole = everything(tasks, new MemoryStore(), fails)
      const run = whole.whole.execute(input, { runId: 'uncut' })
      await run.wait().catch(() => {})
      const expected = notesOf(fails)
      expect(whole.done.toSorted()).toEqual(expected)

      let cuts = 0
      for (let events = 0; ; events++) {
        const before = tasksForTest({ engine })
        const { store, cut: cutOff } = cutStore(events, events % 2 === 1)
        const first = everything(before, store, fails)
        const cut = first.whole.execute(input, { runId: 'run' })
        const whichEnd = await Promise.race([
          cutOff.then(() => 'cut'),
          cut.wait().then(
            () => 'ended',
            () => 'ended',
          ),
        ])
        if (whichEnd === 'ended') break
        cuts++
        // what was under way comes to its end, and nobody hears of it: it is done again
        await before.shutdown({ waitForCompletion: false, timeoutMs: 0 })
        const crash = await afterCrash(store, ['run', ...childIds])
        const finished = finishedBodies(crash.runs)

        const second = everything(tasksForTest({ engine }), crash.store, fails)
        const [taken, ...others] = await second.runs.recover()
        expect(others).toEqual([])
        const outcome = await taken?.wait().then(
          (value) => value,
          (error: Error) => error.message,
        )
        expect(outcome).toBe(outcomeOf(fails))
        // what the record has was not repeated, and everything else was done
        expect([...finished, ...second.done].toSorted()).toEqual(expected)
      }
      expect(cuts).toBeGreaterThanOrEqual(20)
    }, 300_000)
  }
})

describe('stores', () => {
  test('a run that the engine was closed under is interrupted, and another engine takes it up', async () => {
    const store = new MemoryStore()
    const gate = new Gate()
    const begun = new Gate()
    const make = (tasks: BackgroundTasks, held: boolean): { flow: Workflow<unknown, number>; runs: WorkflowRuns } => {
      const runs = new WorkflowRuns({ store })
      const one = tasks.task({ name: 'one' }, () => 1)
      const two = tasks.task({ name: 'two' }, async (n: number) => {
        begun.open()
        if (held) await gate.opened
        return n + 1
      })
      return { flow: workflow('flow', (w) => w.step(two, [w.step(one, [])]), { runs }), runs }
    }
    const tasks = tasksForTest()
    const first = make(tasks, true)
    const run = first.flow.execute(undefined, { runId: 'r' })
    const failure = run.wait().catch((thrown: unknown) => thrown)
    await begun.opened
    // the second step runs, and is given up
    const closing = tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })
    expect(await failure).toBeInstanceOf(EngineClosedError)
    await closing
    expect([run.runStatus, run.status]).toEqual(['interrupted', 'cancelled'])
    gate.open()

    const second = make(tasksForTest(), false)
    const [taken] = await second.runs.recover()
    expect(taken?.runId).toBe('r')
    expect(await taken?.wait()).toBe(2)
    expect(await second.runs.recover()).toEqual([])
    expect(second.runs.list().runs.map(({ status }) => status)).toEqual(['completed'])
  })

  test('a store that fails interrupts the run, and says so', async () => {
    const tasks = tasksForTest()
    const one = tasks.task({ name: 'one' }, () => 1)
    const failing = storeWith({ append: () => Promise.reject(new Error('disk full')) })
    const runs = new WorkflowRuns({ store: failing })
    const flow = workflow('flow', (w) => w.step(one, []), { runs })
    await expect(flow.execute().wait()).rejects.toThrow(/its store failed: disk full/)
    const noRoom = storeWith({
      create: () => {
        throw new Error('no room')
      },
    })
    const roomless = workflow('flow', (w) => w.step(one, []), { runs: new WorkflowRuns({ store: noRoom }) })
    const run = roomless.execute()
    await expect(run.wait()).rejects.toThrow(/no room/)
    await expect(run.accepted).rejects.toThrow(/no room/)
    await runs.drain()
  })

  test('a run may be cancelled before its store has taken it', async () => {
    const tasks = tasksForTest()
    const calls: number[] = []
    const one = tasks.task({ name: 'one' }, () => calls.push(1))
    const taken = new Gate()
    const slow = storeWith({ create: () => taken.opened })
    const flow = workflow('flow', (w) => w.step(one, []), { runs: new WorkflowRuns({ store: slow }) })
    const run = flow.execute()
    expect([run.cancel('never mind'), run.cancel('again')]).toEqual([true, false])
    taken.open()
    await run.accepted
    await expect(run.wait()).rejects.toThrow(/never mind/)
    expect([run.runStatus, calls]).toEqual(['cancelled', []])
  })

  test('a run of a workflow that has changed, or is not there, is left as it is, with a warning', async () => {
    const tasks = tasksForTest()
    const one = tasks.task({ name: 'one' }, () => 1)
    const store = new MemoryStore()
    for (const name of ['gone', 'changed']) {
      store.create({
        runId: name,
        workflow: name,
        fingerprint: 'old',
        input: undefined,
        createdAt: 0,
        parentRunId: null,
        retryOf: null,
      })
    }
    const runs = new WorkflowRuns({ store })
    workflow('changed', (w) => w.step(one, []), { runs })
    const warnings: string[] = []
    const told = new Gate()
    const listener = ({ message, name }: Error): void => {
      if (name !== 'CatzillaWarning') return
      warnings.push(message)
      if (warnings.length === 2) told.open()
    }
    process.on('warning', listener)
    expect(await runs.recover()).toEqual([])
    await told.opened
    process.off('warning', listener)
    expect(warnings.toSorted()).toEqual([
      "run changed cannot be taken up: its workflow 'changed' has other steps now",
      "run gone cannot be taken up: its workflow 'gone' is not defined here",
    ])
    expect(store.unfinished()).toHaveLength(2)
  })

  test('the memory store keeps the latest hundred that are over, with those that are their steps', async () => {
    const store = new MemoryStore()
    const record = { workflow: 'w', fingerprint: '', input: 0, createdAt: 0, retryOf: null }
    for (let index = 0; index < 101; index++) {
      store.create({ ...record, runId: `r${index}`, parentRunId: null })
      store.create({ ...record, runId: `r${index}.child`, parentRunId: `r${index}` })
      store.finish(`r${index}.child`)
      store.finish(`r${index}`)
    }
    expect([store.load('r0'), store.load('r0.child')]).toEqual([undefined, undefined])
    expect(store.load('r1.child')?.record.runId).toBe('r1.child')
    expect(() => store.create({ ...record, runId: 'r1', parentRunId: null })).toThrow(/already/)
    expect(store.unfinished()).toEqual([])
  })
})
