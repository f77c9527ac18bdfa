// Fresh for those who ask now and then, bounded for those who ask all the time.
import { expect, test } from 'vitest'
import { SpacedOut } from '../src/spaced-out.ts'
import type { Times } from '../src/spaced-out.ts'

/** A process that is at work for so long as it is told. */
class Work implements Times {
  #now = 0
  #used = 0
  /** How often the processor time was asked for. */
  looks = 0

  now(): number {
    return this.#now
  }

  processorMs(): number {
    this.looks++
    return this.#used
  }

  /** Time passes, some of it at work. */
  pass(ms: number, atWork = 0): void {
    this.#now += ms
    this.#used += atWork
  }
}

function costing(ms: number, work: Work): SpacedOut<number> {
  let made = 0
  return new SpacedOut(
    () => {
      work.pass(ms, ms)
      return ++made
    },
    { times: work },
  )
}

test('what costs little is made anew each time', () => {
  const figure = costing(0.1, new Work())
  for (let asked = 1; asked <= 100; asked++) expect(figure.get()).toBe(asked)
})

test('what has cost more than its share is given again, until it is old', () => {
  const work = new Work()
  const figure = costing(400, work)
  expect([figure.get(), figure.get()]).toEqual([1, 1])
  work.pass(99)
  expect(figure.get()).toBe(1)
  work.pass(1)
  expect([figure.get(), figure.get()]).toEqual([2, 2])
})

test('a busy process earns a hundredth of its work', () => {
  const work = new Work()
  const figure = costing(260, work)
  figure.get()
  // 10 more than there was: a second of work pays for that, whoever else is busy
  work.pass(50, 500)
  expect(figure.get()).toBe(1)
  work.pass(40, 510)
  expect(figure.get()).toBe(2)
})

test('those who ask all the time are answered without a look at the processor time, ten milliseconds long', () => {
  const work = new Work()
  const figure = costing(400, work)
  figure.get()
  const before = work.looks
  for (let asked = 0; asked < 1000; asked++) {
    expect(figure.get()).toBe(1)
    work.pass(0.09, 0.09)
  }
  expect(work.looks - before).toBeLessThanOrEqual(10)
})

test('what may be older is made less often', () => {
  const work = new Work()
  let made = 0
  const figure = new SpacedOut(() => (work.pass(400, 400), ++made), { times: work, oldMs: 250 })
  figure.get()
  work.pass(249)
  expect(figure.get()).toBe(1)
  work.pass(1)
  expect(figure.get()).toBe(2)
})
