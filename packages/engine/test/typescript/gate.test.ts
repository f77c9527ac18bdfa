// A gate lets through what its limits allow, exactly: no start too many in any window, and none too few.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Gate } from '../../src/typescript/gate.ts'
import { recordOf } from '../records.ts'

function rateGate(max: number, perMs: number): Gate {
  const gate = new Gate()
  gate.configure(undefined, { rate: { max, perMs } })
  return gate
}

/** Steps of a quarter: sums of them are exact, so that windows can be judged to the last bit. */
const stepMs = fc.nat(40).map((quarters) => quarters / 4)

describe('a rate limit', () => {
  test('never lets more than max start in any window of perMs, and never fewer when they ask', () => {
    const asks = fc.array(stepMs, { minLength: 1, maxLength: 600, size: 'max' })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 30 }), asks, (max, perMs, steps) => {
        const gate = rateGate(max, perMs)
        const starts: number[] = []
        let now = 1000
        for (const step of steps) {
          now += step
          const inWindow = starts.filter((at) => at > now - perMs).length
          expect(gate.room(now)).toBe(max - inWindow)
          if (gate.room(now) > 0) {
            gate.enter(now)
            starts.push(now)
          }
        }
        const tooClose = starts.filter((at, index) => at - (starts[index - max] ?? -Infinity) < perMs)
        expect(tooClose).toEqual([])
      }),
      { ...seeded, numRuns: 100 },
    )
  })

  test('tells the very moment at which it opens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 2, max: 20 }),
        fc.array(stepMs),
        (max, perMs, steps) => {
          const gate = rateGate(max, perMs)
          let now = 0
          for (const step of steps) {
            now += step
            if (gate.room(now) > 0) gate.enter(now)
          }
          const opensAt = gate.rateOpensAt(now)
          const closed = gate.room(now) === 0
          expect(opensAt > now).toBe(closed)
          expect(closed ? gate.room(opensAt - 0.25) : 0).toBe(0)
          expect(gate.room(Math.max(now, opensAt))).toBeGreaterThan(0)
        },
      ),
      seeded,
    )
  })

  test('a lower max given later holds at once, a higher one too', () => {
    const gate = rateGate(4, 100)
    for (const at of [0, 10, 20, 30]) gate.enter(at)
    gate.configure(undefined, { rate: { max: 2, perMs: 100 } })
    expect(gate.room(50)).toBeLessThanOrEqual(0)
    expect(gate.rateOpensAt(50)).toBe(120)
    expect([gate.room(119), gate.room(120), gate.room(130)]).toEqual([0, 1, 2])
    gate.configure(undefined, { rate: { max: 10, perMs: 100 } })
    expect(gate.room(130)).toBe(10)
  })

  test('a long run does not change the count', () => {
    const gate = rateGate(3, 10)
    let started = 0
    for (let now = 0; now < 10_000; now++) {
      if (gate.room(now) > 0) {
        gate.enter(now)
        started++
      }
    }
    expect(started).toBe(3000)
  })
})

describe('a concurrency limit', () => {
  test('is the smaller of the two ways to ask for it', () => {
    const gate = new Gate()
    gate.configure(5, { concurrency: 2 })
    expect(gate.room(0)).toBe(2)
    gate.configure(1, { concurrency: 2 })
    expect(gate.room(0)).toBe(1)
    gate.configure(undefined, undefined)
    expect(gate.room(0)).toBe(Infinity)
  })

  test('counts those inside, and goes together with a rate', () => {
    const gate = new Gate()
    gate.configure(3, { rate: { max: 4, perMs: 100 } })
    for (let task = 0; task < 3; task++) gate.enter(0)
    expect(gate.room(0)).toBe(0)
    gate.running -= 2
    expect(gate.room(0)).toBe(1)
    gate.running = 0
    expect([gate.room(99), gate.room(100)]).toEqual([1, 3])
  })
})

describe('a pause', () => {
  test('shuts the gate whatever the limits say', () => {
    const gate = rateGate(5, 10)
    gate.paused = true
    expect(gate.room(0)).toBe(0)
    gate.paused = false
    expect(gate.room(0)).toBe(5)
  })
})

describe('parked tasks', () => {
  test('leave by class, and inside a class as they were submitted', () => {
    const gate = new Gate()
    const parked = [recordOf(5, 2), recordOf(1, 3), recordOf(3, 2), recordOf(4, 0), recordOf(2, 2)]
    for (const record of parked) gate.park(record)
    expect(gate.parkedCount).toBe(5)
    const left = parked.map(() => gate.unpark()?.sequence)
    expect(left).toEqual([4, 2, 3, 5, 1])
    expect([gate.unpark(), gate.parkedCount]).toEqual([null, 0])
  })

  test('can be dropped, once, and only from the gate they are in', () => {
    const [gate, other] = [new Gate(), new Gate()]
    const [record, stranger] = [recordOf(1), recordOf(2)]
    gate.park(record)
    other.park(stranger)
    expect([gate.dropParked(stranger), gate.dropParked(record), gate.dropParked(record)]).toEqual([false, true, false])
    expect([gate.parkedCount, other.parkedCount]).toEqual([0, 1])
  })
})

describe('idle', () => {
  test('only without members, and when every start has left the window', () => {
    const gate = rateGate(5, 100)
    gate.members = 1
    gate.enter(0)
    gate.enter(50)
    expect(gate.idle(60)).toBe(false)
    gate.members = 0
    expect(gate.forgetsAllAt()).toBe(150)
    expect([gate.idle(149.75), gate.idle(150)]).toEqual([false, true])
    gate.members = 1
    expect(gate.idle(500)).toBe(false)
  })

  test('at once without a rate limit', () => {
    const gate = new Gate()
    gate.configure(1, undefined)
    gate.enter(10)
    expect(gate.idle(10)).toBe(true)
  })
})

describe('the reason for waiting', () => {
  test('names what holds the task back', () => {
    const gate = new Gate()
    gate.configure(1, { rate: { max: 1, perMs: 100 } })
    gate.enter(0)
    expect(gate.reason(10)).toBe('its concurrency limit of 1 is reached')
    gate.running = 0
    expect(gate.reason(10)).toBe('its rate limit lets the next one start in 90 ms')
    gate.paused = true
    expect(gate.reason(10)).toBe('the task is paused')
  })
})
