// A workflow with everything in it, for runs that are cut off and taken up again, and an account of which bodies have run.
import type { BackgroundTasks } from '@catzilla/api'
import { Gate } from '@catzilla/test-kit/gate'
import { WorkflowRuns, workflow } from '@catzilla/workflow'
import type { StoredRun, Workflow, WorkflowStore } from '@catzilla/workflow'

/** The store, until it has so many events: then it is the store of a process that is gone, and answers no more. */
export function cutAfter(
  events: number,
  store: WorkflowStore,
): { append: WorkflowStore['append']; cut: Promise<void> } {
  const cut = new Gate()
  let left = events
  const append = (...[runId, given]: Parameters<WorkflowStore['append']>): void | Promise<void> => {
    const taken = given.slice(0, left)
    left -= taken.length
    const kept = taken.length > 0 ? store.append(runId, taken) : undefined
    if (taken.length === given.length) return kept
    // what it has is kept, and then there is nobody to go on
    void Promise.resolve(kept).then(() => cut.open())
    return new Promise(() => {})
  }
  return { append, cut: cut.opened }
}

/** A workflow with everything in it, and a note of each body that has run to its end. */
export function everything(
  tasks: BackgroundTasks,
  store: WorkflowStore,
  fails: boolean,
): { whole: Workflow<{ list: number[] }, number>; runs: WorkflowRuns; done: string[] } {
  const done: string[] = []
  const note = <T>(what: string, value: T): T => {
    done.push(what)
    return value
  }
  const add = tasks.task({ name: 'add' }, (a: number, b: number) => note(`add ${a} ${b}`, a + b))
  const square = tasks.task({ name: 'square' }, (n: number) => note(`square ${n}`, n * n))
  const halve = tasks.task({ name: 'halve' }, (n: number) => note(`halve ${n}`, Math.floor(n / 2)))
  const undo = tasks.task({ name: 'undo' }, (result: unknown) => void note(`undo ${JSON.stringify(result)}`, 0))
  const last = tasks.task({ name: 'last' }, (n: number) => {
    if (fails) throw new Error('at last')
    return note(`last ${n}`, n)
  })
  const runs = new WorkflowRuns({ store })
  const inner = workflow('inner', (w, input: { n: number }) => w.step(add, [w.step(add, [input.n, 10]), 20]), { runs })
  const whole = workflow(
    'whole',
    (w, input: { list: number[] }) => {
      const squares = w.map(input.list, square, { concurrency: 2, compensate: undo })
      const total = w.compute([squares], (values) => values.reduce((a, b) => a + b, 0))
      const chosen = w.when(
        w.compute([total], (n) => n > 10),
        () => w.step(add, [total, 1], { compensate: undo }),
        () => w.step(add, [total, -1]),
      )
      const small = w.loop(halve, chosen, { until: (n) => n < 3, maxRounds: 20 })
      return w.step(last, [w.step(inner, [{ n: small }], { compensate: undo })])
    },
    { runs },
  )
  return { whole, runs, done }
}

export const input: { list: number[] } = { list: [1, 2, 3] }
const results = [
  'add 14 1',
  'add 1 10',
  'add 11 20',
  'halve 15',
  'halve 7',
  'halve 3',
  'last 31',
  'square 1',
  'square 2',
  'square 3',
]
const undos = ['undo 1', 'undo 15', 'undo 31', 'undo 4', 'undo 9']

/** What the bodies note in a run that nothing cuts off, in order of the alphabet. */
export function notesOf(fails: boolean): string[] {
  return (fails ? [...results.filter((each) => !each.startsWith('last')), ...undos] : results).toSorted()
}

/** What comes of a run: its result, or what it says of its failure. */
export function outcomeOf(fails: boolean): unknown {
  return fails ? "workflow 'whole': step 'last' failed: at last" : 31
}

/** Runs that are steps of the run with the id `run`. */
export const childIds: readonly string[] = ['run.inner']

/** What the bodies note, by the place of their steps. */
function noteOf(workflowName: string, step: number, item: number): string | undefined {
  if (workflowName === 'inner') return ['add 1 10', 'add 11 20'][step]
  const halves = ['halve 15', 'halve 7', 'halve 3']
  return new Map([
    [0, `square ${item + 1}`],
    [4, 'add 14 1'],
    [7, halves[item]],
    [9, 'last 31'],
  ]).get(step)
}

/** Bodies whose end is in the record. */
export function finishedBodies(runs: readonly StoredRun[]): string[] {
  return runs.flatMap(({ record, events }) =>
    events.flatMap((event) => {
      if (event.type === 'compensated')
        return [`undo ${event.step === 0 ? (event.item + 1) ** 2 : event.step === 4 ? 15 : 31}`]
      return event.type === 'completed' ? (noteOf(record.workflow, event.step, event.item) ?? []) : []
    }),
  )
}
