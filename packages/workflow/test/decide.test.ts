// The decision as a table: what each event leads to.
// oxlint-disable vitest/expect-expect -- play() expects, row by row
import { describe, expect, test } from 'vitest'
import { decide } from '../src/decide/decide.ts'
import type { Command, RunEvent } from '../src/decide/events.ts'
import { makePlan } from '../src/decide/plan.ts'
import type { PlanStep, ResolvedPolicy, StepKind } from '../src/decide/plan.ts'
import { RunState, stepStatuses } from '../src/decide/run-state.ts'

function step(kind: StepKind, needs: readonly number[] = [], more: Partial<PlanStep> = {}): PlanStep {
  return {
    kind,
    needs,
    guard: undefined,
    policy: 'failFast',
    compensates: false,
    concurrency: Infinity,
    rounds: 1,
    choice: -1,
    ...more,
  }
}

/** What happens in short: `start`, `ok 0`, `bad 0/1`, `branch 0 1`, `list 0 3`, `again 0`, `enough 0`, `undone 0`, … */
function eventOf(text: string): RunEvent {
  const [what = '', place = '', value = ''] = text.split(' ')
  const [step_ = '', item = '0'] = place.split('/')
  const of = { step: Number(step_), item: Number(item), at: 1 }
  const error = new Error('bad')
  const events: Record<string, RunEvent> = {
    start: { type: 'started', at: 0 },
    ok: { type: 'completed', value: undefined, ...of },
    bad: { type: 'failed', error, ...of },
    branch: { type: 'chosen', step: of.step, branch: Number(value), at: 1 },
    list: { type: 'expanded', step: of.step, count: Number(value), at: 1 },
    again: { type: 'checked', step: of.step, again: true, at: 1 },
    enough: { type: 'checked', step: of.step, again: false, at: 1 },
    undone: { type: 'compensated', ...of },
    stuck: { type: 'compensationFailed', error, ...of },
    pause: { type: 'paused', at: 1 },
    resume: { type: 'resumed', at: 1 },
    cancel: { type: 'cancelled', reason: undefined, at: 1 },
    timeout: { type: 'timedOut', at: 1 },
  }
  const event = events[what]
  if (event === undefined) throw new Error(`no event is called ${what}`)
  return event
}

function commandText(command: Command): string {
  if (command.type === 'end') return `end ${command.end}`
  if (command.type === 'cancelAll') return 'cancelAll'
  return `${command.type} ${command.step}${'item' in command && command.item > 0 ? `/${command.item}` : ''}`
}

type Row = readonly [event: string, commands: string]

/** Plays the events of a table; after each, the commands must be those beside it. Gives the states of the steps then. */
function play(steps: readonly PlanStep[], rows: readonly Row[], concurrency = 1024): string {
  const plan = makePlan(steps, [], concurrency)
  const state = new RunState(plan)
  const played = rows.map(([event]) => [event, decide(plan, state, eventOf(event)).map(commandText).join(', ')])
  expect(played).toEqual(rows)
  return [...state.status].map((status) => stepStatuses[status]).join(' ')
}

const withPolicy = (policy: ResolvedPolicy): Partial<PlanStep> => ({ policy })
const undoable: Partial<PlanStep> = { compensates: true }

describe('steps', () => {
  test('a sequence goes on step by step', () => {
    const states = play(
      [step('task'), step('task', [0])],
      [
        ['start', 'start 0'],
        ['ok 0', 'start 1'],
        ['ok 1', 'end completed'],
      ],
    )
    expect(states).toBe('completed completed')
  })

  test('a diamond waits for both, and no more is in flight than allowed', () => {
    const diamond = [step('task'), step('task', [0]), step('task', [0]), step('all', [1, 2]), step('task', [3])]
    play(diamond, [
      ['start', 'start 0'],
      ['ok 0', 'start 1, start 2'],
      ['ok 2', ''],
      ['ok 1', 'start 4'],
      ['ok 4', 'end completed'],
    ])
    play(
      diamond,
      [
        ['start', 'start 0'],
        ['ok 0', 'start 1'],
        ['ok 1', 'start 2'],
        ['ok 2', 'start 4'],
        ['ok 4', 'end completed'],
      ],
      1,
    )
  })

  test('events that come twice, too late or for another step change nothing', () => {
    play(
      [step('task'), step('task', [0])],
      [
        ['start', 'start 0'],
        ['start', ''],
        ['ok 1', ''],
        ['ok 0', 'start 1'],
        ['bad 0', ''],
        ['ok 1', 'end completed'],
        ['ok 1', ''],
        ['cancel', ''],
      ],
    )
  })

  test('items start as many at once as the map allows', () => {
    const states = play(
      [step('map', [], { concurrency: 2 })],
      [
        ['start', 'expand 0'],
        ['list 0 3', 'start 0, start 0/1'],
        ['ok 0/1', 'start 0/2'],
        ['ok 0/2', ''],
        ['ok 0/0', 'end completed'],
      ],
    )
    expect(states).toBe('completed')
    play(
      [step('map')],
      [
        ['start', 'expand 0'],
        ['list 0 0', 'end completed'],
      ],
    )
  })

  test('a step that is ready is not held up by a long list', () => {
    play(
      [step('map'), step('task'), step('task', [1])],
      [
        ['start', 'expand 0, start 1'],
        ['list 0 9', 'start 0'],
        ['ok 1', 'start 0/1'],
        ['ok 0/0', 'start 2'],
        ['ok 2', 'start 0/2'],
      ],
      2,
    )
  })

  test('a loop asks after each round whether it goes on', () => {
    const loop = step('loop', [], { rounds: 2 })
    play(
      [loop],
      [
        ['start', 'start 0'],
        ['ok 0', 'check 0'],
        ['again 0', 'start 0/1'],
        ['ok 0/1', 'check 0/1'],
        ['enough 0', 'end completed'],
      ],
    )
    play(
      [loop],
      [
        ['start', 'start 0'],
        ['ok 0', 'check 0'],
        ['again 0', 'start 0/1'],
        ['ok 0/1', 'check 0/1'],
        ['again 0', 'cancelAll, end failed'],
      ],
    )
  })

  test('a choice runs one branch, and the other is skipped with all that is in it', () => {
    const branches = [
      step('choice'),
      step('task', [0], { guard: { choice: 0, branch: 0 } }),
      step('task', [0, 1], { guard: { choice: 0, branch: 0 } }),
      step('task', [0], { guard: { choice: 0, branch: 1 } }),
      step('merge', [0, 2, 3], { choice: 0 }),
    ]
    expect(
      play(branches, [
        ['start', 'choose 0'],
        ['branch 0 1', 'start 3'],
        ['ok 3', 'end completed'],
      ]),
    ).toBe('completed skipped skipped completed completed')
    expect(
      play(branches, [
        ['start', 'choose 0'],
        ['branch 0 0', 'start 1'],
        ['ok 1', 'start 2'],
        ['ok 2', 'end completed'],
      ]),
    ).toBe('completed completed completed skipped completed')
  })

  test('a race is over with the first, and what was done for the others alone is called off', () => {
    const race = [step('task'), step('task'), step('task', [1]), step('race', [0, 2])]
    expect(
      play(race, [
        ['start', 'start 0, start 1'],
        ['ok 0', 'cancel 1, end completed'],
      ]),
    ).toBe('completed cancelled cancelled completed')
  })
})

describe('failures', () => {
  test.each<[ResolvedPolicy, readonly Row[], string]>([
    [
      'failFast',
      [
        ['start', 'start 0, start 1'],
        ['bad 0', 'cancelAll, end failed'],
      ],
      'failed cancelled cancelled',
    ],
    [
      'collect',
      [
        ['start', 'start 0, start 1'],
        ['bad 0', ''],
        ['ok 1', 'cancelAll, end failed'],
      ],
      'failed completed blocked',
    ],
    [
      'ignore',
      [
        ['start', 'start 0, start 1'],
        ['bad 0', 'start 2'],
        ['ok 1', ''],
        ['ok 2', 'end completed'],
      ],
      'completed completed completed',
    ],
    [
      'fallback',
      [
        ['start', 'start 0, start 1'],
        ['bad 0', 'start 2'],
        ['ok 1', ''],
        ['ok 2', 'end completed'],
      ],
      'completed completed completed',
    ],
    [
      'handled',
      [
        ['start', 'start 0, start 1'],
        ['bad 0', ''],
        ['ok 1', 'end completed'],
      ],
      'failed completed blocked',
    ],
  ])('%s', (policy, rows, states) => {
    expect(play([step('task', [], withPolicy(policy)), step('task'), step('task', [0])], rows)).toBe(states)
  })

  test('what completed is undone one after the other, the latest first; a failure of that holds up nothing', () => {
    const saga = [step('task', [], undoable), step('task', [0], undoable), step('task', [1])]
    const states = play(saga, [
      ['start', 'start 0'],
      ['ok 0', 'start 1'],
      ['ok 1', 'start 2'],
      ['bad 2', 'cancelAll, compensate 1'],
      ['stuck 1', 'compensate 0'],
      ['cancel', ''],
      ['undone 0', 'end failed'],
    ])
    expect(states).toBe('compensated completed failed')
  })

  test('items are undone one by one, also of a list that failed', () => {
    play(
      [step('map', [], { ...undoable, concurrency: 1 })],
      [
        ['start', 'expand 0'],
        ['list 0 3', 'start 0'],
        ['ok 0/0', 'start 0/1'],
        ['ok 0/1', 'start 0/2'],
        ['bad 0/2', 'cancelAll, compensate 0/1'],
        ['undone 0/1', 'compensate 0'],
        ['undone 0/0', 'end failed'],
      ],
    )
  })

  test('a cancellation and a timeout undo as well', () => {
    for (const [event, end] of [
      ['cancel', 'cancelled'],
      ['timeout', 'timedOut'],
    ] as const) {
      play(
        [step('task', [], undoable), step('task', [0])],
        [
          ['start', 'start 0'],
          ['ok 0', 'start 1'],
          [event, 'cancelAll, compensate 0'],
          ['ok 1', ''],
          ['undone 0', `end ${end}`],
        ],
      )
    }
  })
})

test('a pause holds back starts and compensations', () => {
  play(
    [step('task', [], undoable), step('task', [0], undoable), step('task', [1])],
    [
      ['start', 'start 0'],
      ['pause', ''],
      ['ok 0', ''],
      ['resume', 'start 1'],
      ['ok 1', 'start 2'],
      ['bad 2', 'cancelAll, compensate 1'],
      ['pause', ''],
      ['undone 1', ''],
      ['resume', 'compensate 0'],
      ['undone 0', 'end failed'],
    ],
  )
})
