// The clock of the system: alarms are never early, however long, and never keep the process alive.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/support/clock.ts'

const DAY_MS = 86_400_000
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('systemClock', () => {
  test('an alarm is not early, also not for fractions of a millisecond', async () => {
    const delays = [0, 0.2, 0.9, 1, 1.1, 2.5, 3.999, 7.3, 12.01]
    const early = await Promise.all(
      delays.map((delayMs) => {
        const dueAt = systemClock.now() + delayMs
        return new Promise<number>((resolve) => {
          systemClock.setAlarm(delayMs, () => resolve(Math.max(0, dueAt - systemClock.now())))
        })
      }),
    )
    expect(early).toEqual(delays.map(() => 0))
  })

  test('an alarm that node rings early is set again for what is left', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const ring = vi.fn<() => void>()
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    systemClock.setAlarm(5, ring)
    now.mockReturnValue(4.4)
    vi.advanceTimersByTime(5)
    expect(ring).not.toHaveBeenCalled()
    now.mockReturnValue(5)
    vi.advanceTimersByTime(1)
    expect(ring).toHaveBeenCalledOnce()
  })

  test('an alarm beyond 2^31 ms waits for its time, in stretches that setTimeout takes', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const setTimeoutSpy = vi.spyOn(globalThis, 'setTimeout')
    const ring = vi.fn<() => void>()
    systemClock.setAlarm(60 * DAY_MS, ring)
    vi.advanceTimersByTime(60 * DAY_MS - 1)
    expect(ring).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(ring).toHaveBeenCalledOnce()
    const asked = setTimeoutSpy.mock.calls.map(([, delayMs]) => delayMs ?? 0)
    expect(asked.length).toBeGreaterThan(1)
    expect(Math.max(...asked)).toBe(LONGEST_TIMEOUT_MS)
  })

  test('an alarm for Infinity never rings', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const ring = vi.fn<() => void>()
    const alarm = systemClock.setAlarm(Infinity, ring)
    vi.advanceTimersByTime(500 * DAY_MS)
    expect(ring).not.toHaveBeenCalled()
    alarm.cancel()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a cancelled alarm does not ring, also not one on its second stretch; cancelling again is harmless', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const ring = vi.fn<() => void>()
    const alarm = systemClock.setAlarm(40 * DAY_MS, ring)
    vi.advanceTimersByTime(30 * DAY_MS)
    alarm.cancel()
    alarm.cancel()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(30 * DAY_MS)
    expect(ring).not.toHaveBeenCalled()
  })

  test('an alarm rings once, and cancelling it afterwards is harmless', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const ring = vi.fn<() => void>()
    const alarm = systemClock.setAlarm(-5, ring)
    vi.advanceTimersByTime(100)
    alarm.cancel()
    vi.advanceTimersByTime(100)
    expect(ring).toHaveBeenCalledOnce()
  })

  test('the monotonic reading does not go back', () => {
    let before = systemClock.now()
    for (let reading = 0; reading < 1000; reading++) {
      const now = systemClock.now()
      expect(now).toBeGreaterThanOrEqual(before)
      before = now
    }
  })
})

describe('the wall clock', () => {
  test('is fractional while it agrees with the steady one', () => {
    vi.spyOn(Date, 'now').mockReturnValue(performance.timeOrigin + 1000)
    vi.spyOn(performance, 'now').mockReturnValue(1000.25)
    expect(systemClock.epochMs()).toBe(performance.timeOrigin + 1000.25)
  })

  test.each([DAY_MS, -DAY_MS, 5000, -5000])('follows when it is set by %d ms', (step) => {
    vi.spyOn(performance, 'now').mockReturnValue(1000)
    vi.spyOn(Date, 'now').mockReturnValue(Math.round(performance.timeOrigin) + 1000 + step)
    expect(systemClock.epochMs()).toBe(Math.round(performance.timeOrigin) + 1000 + step)
  })
})
