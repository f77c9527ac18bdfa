// How full the queue is: who is let in, in which order, and who is told that everything has ended.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Occupancy } from '../../src/typescript/occupancy.ts'

function fullQueue(capacity: number): Occupancy {
  const occupancy = new Occupancy(capacity)
  for (let task = 0; task < capacity; task++) occupancy.entered()
  return occupancy
}

/** Asks for room and notes `name` once there is some. */
function waitIn(occupancy: Occupancy, name: string, letIn: string[]): void {
  void occupancy.room().then(() => letIn.push(name))
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('room', () => {
  test('is there at once while places are free', async () => {
    const occupancy = new Occupancy(2)
    occupancy.entered()
    expect(await occupancy.room()).toBeUndefined()
  })

  test('waiters are let in first come first served, one per place', async () => {
    const occupancy = fullQueue(2)
    const letIn: string[] = []
    for (const name of ['a', 'b', 'c']) void occupancy.room().then(() => [letIn.push(name), occupancy.entered()])
    await turn()
    expect(letIn).toEqual([])
    occupancy.started()
    await turn()
    expect(letIn).toEqual(['a'])
    occupancy.settled(true)
    await turn()
    expect(letIn).toEqual(['a', 'b'])
  })

  test('a place that is not taken goes to the next, in a later turn', async () => {
    const occupancy = fullQueue(1)
    const letIn: string[] = []
    waitIn(occupancy, 'takes no place', letIn)
    waitIn(occupancy, 'next', letIn)
    occupancy.started()
    await turn()
    await turn()
    expect(letIn).toEqual(['takes no place', 'next'])
  })

  test('a newcomer does not overtake those who wait', async () => {
    const occupancy = fullQueue(1)
    occupancy.requeued()
    const letIn: string[] = []
    waitIn(occupancy, 'early', letIn)
    occupancy.started()
    waitIn(occupancy, 'late', letIn)
    await turn()
    expect(letIn).toEqual([])
    occupancy.started()
    await turn()
    expect(letIn[0]).toBe('early')
  })

  test('a queue above its capacity, by retries, lets nobody in until it is below again', async () => {
    const occupancy = fullQueue(2)
    const letIn: string[] = []
    waitIn(occupancy, 'a', letIn)
    occupancy.requeued()
    occupancy.requeued()
    occupancy.started()
    occupancy.started()
    await turn()
    expect(letIn).toEqual([])
    occupancy.started()
    await turn()
    expect(letIn).toEqual(['a'])
  })

  test('closing lets everyone go', async () => {
    const occupancy = fullQueue(1)
    const letIn: string[] = []
    for (const name of ['a', 'b']) waitIn(occupancy, name, letIn)
    occupancy.close()
    await turn()
    expect(letIn).toEqual(['a', 'b'])
  })
})

describe('counting', () => {
  test('any walk of tasks: queued and unsettled are what a model counts', () => {
    type Task = 'queued' | 'running'
    const step = fc.tuple(fc.constantFrom('enter', 'start', 'retry', 'settle'), fc.nat())
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const occupancy = new Occupancy(1000)
        const tasks: Task[] = []
        for (const [what, pick] of steps) {
          const index = tasks.length === 0 ? -1 : pick % tasks.length
          const task = tasks[index]
          if (what === 'enter') {
            occupancy.entered()
            tasks.push('queued')
          } else if (what === 'start' && task === 'queued') {
            occupancy.started()
            tasks[index] = 'running'
          } else if (what === 'retry' && task === 'running') {
            occupancy.requeued()
            tasks[index] = 'queued'
          } else if (what === 'settle' && task !== undefined) {
            occupancy.settled(task === 'queued')
            tasks.splice(index, 1)
          }
          expect(occupancy.queued).toBe(tasks.filter((each) => each === 'queued').length)
          expect(occupancy.unsettled).toBe(tasks.length)
        }
      }),
      seeded,
    )
  })
})

describe('whenIdle', () => {
  test('is told at once when nothing is unsettled', () => {
    let told = 0
    new Occupancy(1).whenIdle(() => told++)
    expect(told).toBe(1)
  })

  test('waits for running tasks too, and tells everyone once', () => {
    const occupancy = new Occupancy(10)
    const told: string[] = []
    for (let task = 0; task < 2; task++) occupancy.entered()
    occupancy.started()
    for (const name of ['a', 'b']) occupancy.whenIdle(() => told.push(name))
    occupancy.settled(true)
    expect(told).toEqual([])
    occupancy.settled(false)
    expect(told).toEqual(['a', 'b'])
    occupancy.entered()
    occupancy.settled(true)
    expect(told).toEqual(['a', 'b'])
  })
})
