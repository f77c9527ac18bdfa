// What two JavaScript threads and a main thread do with the same bodies when there are no tasks: no queue, no order, no
// statistics, nothing for a single body but, in the last way, its promise. Nobody is faster on this machine.
import { BareThreads } from '../../contenders/threads/bare-threads.ts'
import { verify } from '../../section.ts'
import { inHandfuls } from './handfuls.ts'

export const bareNames = {
  halves: 'two bare threads, half of it each',
  messages: 'two bare threads, a message for each 200',
  promises: 'two bare threads, the same, a promise each',
} as const

export class TwoBareThreads {
  readonly #threads = new BareThreads(new URL('./contenders/threads/bare-thread.js', import.meta.url), 2)

  /** By name: runs `count` bodies of `steps`, and settles when all have ended. */
  readonly ways: Readonly<Record<string, (steps: number, count: number) => Promise<void>>> = {
    [bareNames.halves]: async (steps, count) => {
      await Promise.all([this.#sum(steps, 0, count >> 1), this.#sum(steps, count >> 1, count)])
    },
    [bareNames.messages]: (steps, count) => inHandfuls(count, (from, until) => this.#sum(steps, from, until)),
    [bareNames.promises]: async (steps, count) => {
      let settled = 0
      await inHandfuls(count, async (from, until) => {
        const results = await this.#promiseEach(steps, from, until)
        settled += results.length
      })
      verify('settled promises', settled, count)
    },
  }

  #sum(steps: number, from: number, until: number): Promise<number> {
    return this.#threads.run<number>('sumOfOrbits', [steps, from, until])
  }

  #promiseEach(steps: number, from: number, until: number): Promise<number[]> {
    const resolves: ((value: number) => void)[] = []
    const all = Promise.all(
      Array.from({ length: until - from }, () => new Promise<number>((resolve) => void resolves.push(resolve))),
    )
    void this.#threads
      .run<Float64Array>('orbits', [steps, from, until])
      .then((results) => resolves.forEach((resolve, index) => resolve(results[index] ?? Number.NaN)))
    return all
  }

  close(): Promise<void> {
    return this.#threads.close()
  }
}
