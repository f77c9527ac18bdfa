// Random graphs, with random outcomes in random orders: what must hold of every run.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../src/decide/decide.ts'
import type { RunEvent } from '../src/decide/events.ts'
import { ItemState, Mark, RunState, StepState } from '../src/decide/run-state.ts'
import { RunValues } from '../src/run-values.ts'
import { replayEvents } from '../src/replay.ts'
import { Rig, fate, graphOf, graphSketch } from './random-workflows.ts'
import type { GraphSketch, Fate } from './random-workflows.ts'

const runs = 1500

function forEveryRun(check: (sketch: GraphSketch, given: Fate) => void): void {
  fc.assert(
    fc.property(graphSketch, fate, (sketch, given) => {
      check(sketch, given)
    }),
    { ...seeded, numRuns: runs },
  )
}

const isSettled = (status: number | undefined): boolean => (status ?? 0) >= StepState.completed

test('every run ends, once, and nothing is asked for afterwards', () => {
  forEveryRun((sketch, given) => {
    let wasOver = false
    const rig = new Rig(graphOf(sketch), given, (_, commands) => {
      const isOver = rig.ends.length > 0
      const ends = commands.flatMap(({ type }, index) => (type === 'end' ? [index] : []))
      expect(ends).toEqual(isOver && !wasOver ? [commands.length - 1] : [])
      expect(wasOver ? commands : []).toEqual([])
      wasOver = isOver
    })
    rig.run()
    for (const type of ['cancelled', 'timedOut', 'paused', 'resumed'] as const) rig.disturb(type)
    expect(rig.ends).toEqual([rig.state.phase])
    expect(rig.open).toEqual([])
    expect(rig.state.inFlight).toBe(0)
    expect([...rig.state.status].every(isSettled)).toBe(true)
  })
})

test('a run that ends as completed has no failure that nobody met, and one that failed has', () => {
  forEveryRun((sketch, given) => {
    const { state, graph } = new Rig(graphOf(sketch), given).run()
    const outputs = [...state.status].filter((_, step) => graph.plan.isOutput[step] === 1)
    const isWhole = state.failures.length === 0 && outputs.every((status) => status === StepState.completed)
    expect({ phase: state.phase, isWhole: state.phase !== 'completed' || isWhole }).toEqual({
      phase: state.phase,
      isWhole: true,
    })
    expect(state.phase === 'failed' ? state.failures : [0]).not.toEqual([])
  })
})

test('no step starts before what it needs has settled, nor in a branch that was not taken', () => {
  forEveryRun((sketch, given) => {
    const graph = graphOf(sketch)
    const rig = new Rig(graph, given, (_, commands, { state }) => {
      for (const command of commands) {
        if (
          command.type !== 'start' &&
          command.type !== 'expand' &&
          command.type !== 'choose' &&
          command.type !== 'compute'
        )
          continue
        const { needs, guard } = graph.plan.steps[command.step] ?? { needs: [], guard: undefined }
        expect(needs.filter((need) => state.status[need] !== StepState.completed)).toEqual([])
        expect(guard === undefined ? undefined : state.pick[guard.choice]).toBe(guard?.branch)
      }
    })
    rig.run()
  })
})

test('every step and item is started at most once, and completes at most once', () => {
  forEveryRun((sketch, given) => {
    const started = new Set<string>()
    const rig = new Rig(graphOf(sketch), given, (_, commands) => {
      for (const command of commands) {
        if (command.type !== 'start' && command.type !== 'compute') continue
        const key = `${command.step}/${command.item}`
        expect(started).not.toContain(key)
        started.add(key)
      }
    })
    rig.run()
  })
})

test('no more is in flight than the run and each map allow', () => {
  forEveryRun((sketch, given) => {
    const graph = graphOf(sketch)
    const rig = new Rig(graph, given, (_, __, { open, state }) => {
      const flying = open.filter(({ type }) => type === 'start' || type === 'check')
      expect(flying.length).toBe(state.inFlight)
      expect(flying.length).toBeLessThanOrEqual(graph.plan.concurrency)
      for (const [step, items] of state.items) {
        const mine = flying.filter((each) => each.step === step).length
        expect(mine).toBe(items.running)
        expect(mine).toBeLessThanOrEqual(graph.plan.steps[step]?.concurrency ?? 0)
      }
    })
    rig.run()
  })
})

test('while a run is paused nothing is started and nothing undone', () => {
  forEveryRun((sketch, given) => {
    const rig = new Rig(graphOf(sketch), given, (event, commands, { state, graph }) => {
      if (!state.paused) return
      // a loop is one step: it goes on
      const begun = commands.filter(
        (command) =>
          command.type === 'compensate' ||
          (command.type === 'start' && graph.plan.steps[command.step]?.kind !== 'loop'),
      )
      expect([event.type, begun]).toEqual([event.type, []])
    })
    rig.run()
  })
})

test('what completed is undone in reverse order, all of it and once, when the run does not complete', () => {
  forEveryRun((sketch, given) => {
    const done: string[] = []
    const undone: string[] = []
    const graph = graphOf(sketch)
    const before = new RunState(graph.plan).status
    const rig = new Rig(graph, given, (event, commands, { state }) => {
      for (const [step, item] of completions(event, before, state, graph.plan.steps.length)) {
        if (graph.plan.steps[step]?.compensates === true) done.push(`${step}/${item}`)
      }
      before.set(state.status)
      for (const command of commands) if (command.type === 'compensate') undone.push(`${command.step}/${command.item}`)
    })
    rig.run()
    expect(undone).toEqual(rig.state.phase === 'completed' ? [] : done.toReversed())
  })
})

/** Steps and items that did what they were to do with this event. */
function* completions(
  event: RunEvent,
  before: Uint8Array,
  after: RunState,
  length: number,
): Generator<[number, number]> {
  if (event.type === 'completed' && after.items.get(event.step)?.state[event.item] === ItemState.completed) {
    // a late answer changes nothing: it was running when the event came
    if (before[event.step] === StepState.running) yield [event.step, event.item]
    return
  }
  if (event.type === 'ranItems') {
    if (before[event.step] === StepState.running) for (const item of Array.from(event.items)) yield [event.step, item]
    return
  }
  if (event.type === 'ran') {
    const isNew = (step: number): boolean =>
      before[step] !== StepState.completed && after.status[step] === StepState.completed
    for (const step of Array.from(event.steps)) if (isNew(step)) yield [step, 0]
    return
  }
  for (let step = 0; step < length; step++) {
    const isNew = before[step] !== StepState.completed && after.status[step] === StepState.completed
    // the list of a map may be empty
    if (after.items.has(step)) continue
    if (isNew && (after.marks[step] ?? 0) % 8 < 4 && 'step' in event && event.step === step) yield [step, 0]
  }
}

test('what completes together is what would have completed one by one', () => {
  forEveryRun(({ steps, ...sketch }, { picks, failures }) => {
    const graph = graphOf({ ...sketch, steps, concurrency: 1000 })
    const rig = new Rig(graph, { picks, failures, disturbances: [] }, (event, _, { log, state }) => {
      if (event.type !== 'ran') return
      const again = new RunState(graph.plan)
      for (const earlier of log.slice(0, -1)) decide(graph.plan, again, earlier)
      for (const step of Array.from(event.steps))
        decide(graph.plan, again, { type: 'completed', step, item: 0, value: 1, at: event.at })
      const { undo, failures: failed, phase, unsettled, inFlight } = state
      expect([...again.status]).toEqual([...state.status])
      expect(again).toMatchObject({
        pick: state.pick,
        undo,
        failures: failed,
        phase,
        unsettled,
        inFlight,
      })
      const withoutC = (marks: Uint8Array): number[] => [...marks].map((mark) => mark & ~Mark.inC)
      expect(withoutC(state.marks)).toEqual(withoutC(again.marks))
    })
    rig.run()
  })
})

test('replaying the events up to any moment gives the same state and asks for what had not been answered', () => {
  forEveryRun((sketch, given) => {
    const graph = graphOf(sketch)
    const rig = new Rig(graph, given, (_, __, { log, state, open, ends }) => {
      // the cost is that of a square: a sample will do
      if (log.length % 3 !== 0 && ends.length === 0) return
      const again = new RunState(graph.plan)
      const asked = replayEvents(graph.plan, again, new RunValues(graph, again, undefined), log)
      expect(again).toEqual(state)
      const wanted = asked.filter(({ type }) => type !== 'end').map((command) => JSON.stringify(command))
      expect(wanted.toSorted()).toEqual(open.map((command) => JSON.stringify(command)).toSorted())
      expect(asked.some(({ type }) => type === 'end')).toBe(ends.length > 0)
    })
    rig.run()
  })
})
