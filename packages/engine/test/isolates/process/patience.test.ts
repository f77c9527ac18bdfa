// How long the engine waits for a process: by what the two could do, not by the clock on the wall. A machine that was suspended,
// or that had no time to look, gave the process none either.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ProcessEnd } from '../../../src/isolates/process/process-end.ts'
import { TaskProcess } from '../../../src/isolates/process/task-process.ts'
import type { Alarm, Clock } from '../../../src/support/clock.ts'

/** A clock that goes when the test says so. What is due rings once, however long the machine was away. */
class WallClock implements Clock {
  #at = 0
  #pending: { readonly dueAt: number; readonly ring: () => void }[] = []

  now(): number {
    return this.#at
  }

  epochMs(): number {
    return this.#at
  }

  setAlarm(delayMs: number, ring: () => void): Alarm {
    const alarm = { dueAt: this.#at + delayMs, ring }
    this.#pending.push(alarm)
    return { cancel: () => void (this.#pending = this.#pending.filter((each) => each !== alarm)) }
  }

  get isSet(): boolean {
    return this.#pending.length > 0
  }

  async pass(ms: number): Promise<void> {
    this.#at += ms
    const due = this.#pending.filter(({ dueAt }) => dueAt <= this.#at)
    this.#pending = this.#pending.filter(({ dueAt }) => dueAt > this.#at)
    for (const { ring } of due) ring()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a process has its time to become ready, also when the machine was suspended meanwhile', async () => {
  const clock = new WallClock()
  const fork = {
    entry: join(import.meta.dirname, 'never-ready.mjs'),
    execArgv: [],
    heapMb: 64,
    readyMs: 30_000,
    orders: { parent: process.pid, lifeline: null, nice: 0, carrier: null, tellHeap: false, tellMemoryMs: 0 },
  }
  let ended: (how: ProcessEnd) => void = () => {}
  const end = new Promise<ProcessEnd>((resolve) => (ended = resolve))
  const child = new TaskProcess(fork, clock, { heard() {}, ended: (_, how) => ended(how) })
  await clock.pass(24 * 60 * 60 * 1000)
  expect([clock.isSet, child.isRunning]).toEqual([true, true])
  // it is awake, and has half of its time, and then the rest
  for (let half = 0; half < 30; half++) await clock.pass(500)
  expect([clock.isSet, child.isRunning]).toEqual([true, true])
  for (let half = 0; half < 30; half++) await clock.pass(500)
  expect(await end).toMatchObject({ signalCode: 'SIGKILL', why: 'it was not ready after 30000 ms' })
})
