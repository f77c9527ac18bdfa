// The virtual clock: time passes only when told, and everything on the way happens in its order and at its moment.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/support/virtual-clock.ts'

describe('VirtualClock', () => {
  test('stands still by itself, and begins at the moment given', async () => {
    const clock = new VirtualClock(5000)
    await new Promise((resolve) => setImmediate(resolve))
    expect([clock.now(), clock.epochMs()]).toEqual([0, 5000])
    await clock.advance(250)
    expect([clock.now(), clock.epochMs()]).toEqual([250, 5250])
  })

  test('alarms ring in the order of their moments, each at its own; equal ones as they were set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 15 }), async (delays) => {
        const clock = new VirtualClock()
        const rung: { at: number; index: number }[] = []
        for (const [index, delay] of delays.entries())
          clock.setAlarm(delay, () => rung.push({ at: clock.now(), index }))
        await clock.advance(20)
        const expected = delays.map((at, index) => ({ at, index })).toSorted((a, b) => a.at - b.at || a.index - b.index)
        expect(rung).toEqual(expected)
        expect([clock.now(), clock.pendingAlarms]).toEqual([20, 0])
      }),
      { ...seeded, numRuns: 30 },
    )
  })

  test('an alarm that is not due yet does not ring', async () => {
    const clock = new VirtualClock()
    let rung = false
    clock.setAlarm(10, () => (rung = true))
    await clock.advance(9.999)
    expect([rung, clock.pendingAlarms]).toEqual([false, 1])
    await clock.advance(0.001)
    expect([rung, clock.pendingAlarms]).toEqual([true, 0])
  })

  test('what one alarm sets off is done before the next one rings', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    clock.setAlarm(1, () => {
      seen.push('first')
      void Promise.resolve().then(() => seen.push(`after the first, at ${clock.now()}`))
      setImmediate(() => seen.push(`a turn later, at ${clock.now()}`))
    })
    clock.setAlarm(2, () => seen.push('second'))
    await clock.advance(5)
    expect(seen).toEqual(['first', 'after the first, at 1', 'a turn later, at 1', 'second'])
  })

  test('alarms set by alarms ring on the same way, when they are due on it', async () => {
    const clock = new VirtualClock()
    const rung: number[] = []
    const again = (): void => {
      rung.push(clock.now())
      clock.setAlarm(10, again)
    }
    clock.setAlarm(10, again)
    await clock.advance(35)
    expect([rung, clock.now(), clock.pendingAlarms]).toEqual([[10, 20, 30], 35, 1])
  })

  test('a cancelled alarm does not ring, also when another alarm of the same moment cancels it', async () => {
    const clock = new VirtualClock()
    const rung: string[] = []
    const never = clock.setAlarm(5, () => rung.push('never'))
    clock.setAlarm(7, () => {
      rung.push('canceller')
      sibling.cancel()
    })
    const sibling = clock.setAlarm(7, () => rung.push('sibling'))
    never.cancel()
    never.cancel()
    expect(clock.pendingAlarms).toBe(2)
    await clock.advance(10)
    expect(rung).toEqual(['canceller'])
  })

  test('a negative delay is due now, and rings when time is next told to move', async () => {
    const clock = new VirtualClock()
    await clock.advance(5)
    let rungAt = -1
    clock.setAlarm(-100, () => (rungAt = clock.now()))
    expect(rungAt).toBe(-1)
    await clock.advance(0)
    expect([rungAt, clock.now()]).toEqual([5, 5])
  })

  test('advanceToNext goes exactly to the next alarm, and tells when there is none', async () => {
    const clock = new VirtualClock()
    const rung: number[] = []
    for (const delay of [30, 10]) clock.setAlarm(delay, () => rung.push(clock.now()))
    expect(await clock.advanceToNext()).toBe(true)
    expect([rung, clock.now()]).toEqual([[10], 10])
    expect(await clock.advanceToNext()).toBe(true)
    expect([rung, clock.now()]).toEqual([[10, 30], 30])
    expect(await clock.advanceToNext()).toBe(false)
    expect(clock.now()).toBe(30)
  })

  test('advanceToNext sees alarms that pending promises are about to set', async () => {
    const clock = new VirtualClock()
    let rung = false
    void Promise.resolve().then(() => clock.setAlarm(5, () => (rung = true)))
    expect(await clock.advanceToNext()).toBe(true)
    expect(rung).toBe(true)
  })
})
