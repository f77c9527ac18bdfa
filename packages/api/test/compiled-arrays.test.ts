// Bodies in C over arrays, that may give nothing, or that write to the console: as tasks, from end to end.
import type { CompiledBodyReport } from '@catzilla/engine'
import { describe, expect, test, vi } from 'vitest'
import type { Task } from '../src/index.ts'
import { nativeMissing } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

type Body<A extends readonly unknown[]> = Pick<Task<A, unknown>, 'delay' | 'explain'>

/** Calls the task until it runs in C for such arguments. */
async function compiled<A extends readonly unknown[]>(task: Body<A>, ...args: A): Promise<CompiledBodyReport> {
  const before = task.explain().native.bodies.length
  for (;;) {
    await task.delay(...args).wait()
    await new Promise((resolve) => setImmediate(resolve))
    const report = task.explain().native.bodies.at(-1)
    if (report === undefined || task.explain().native.bodies.length === before) continue
    if (report.tier === 'javascript') throw new Error(report.reason)
    if (report.tier !== 'checking' && report.tier !== 'compiling') return report
  }
}

describe.skipIf(nativeMissing !== undefined)('a body over arrays', () => {
  test('of strings and numbers runs in C', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const line = tasks.task({ name: 'line', compile: 'require' }, (words: string[], numbers: number[]) => {
      const all = words.concat(numbers.join('+'))
      return { all: all.toSorted(), first: numbers[0], some: [numbers.length > 1] }
    })
    const report = await compiled(line, ['b', 'ä', '日'], [1, 2])
    expect(report.types).toEqual(['string[]', 'number[]'])
    const given = [
      ['x', '\ud800', ''],
      [0.5, -0, NaN],
    ] as [string[], number[]]
    const result = line.delay(...given)
    expect(await result.wait()).toStrictEqual(line(...given))
    expect(result.getStats().lane).toBe('native')
  })

  test('leaves other arrays to JavaScript', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const count = tasks.task({ name: 'count', compile: 'require' }, (all: unknown[]) => all.length)
    await compiled(count, [1, 2])
    const mixed = count.delay([1, '2'])
    expect(await mixed.wait()).toBe(2)
    expect(mixed.getStats().lane).toBe('inline')
    const none = count.delay([])
    expect([await none.wait(), none.getStats().lane]).toEqual([0, 'native'])
  })

  test('changes nothing outside of itself', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const turned = tasks.task({ name: 'turned', compile: 'require' }, (all: string[]) => {
      all.push('x')
      return all.join()
    })
    await compiled(turned, ['b', 'a'])
    const given = ['z', 'y']
    expect(await turned.delay(given).wait()).toBe('z,y,x')
    expect(given).toEqual(['z', 'y'])
  })
})

describe.skipIf(nativeMissing !== undefined)('a body in C', () => {
  test('may give undefined or null', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const found = tasks.task({ name: 'found', compile: 'require' }, (n: number) => (n > 1 ? n : undefined))
    const none = tasks.task({ name: 'none', compile: 'require' }, (n: number) => (n > 1 ? `${n}` : null))
    await compiled(found, 2)
    await compiled(none, 2)
    const results = [found.delay(1), found.delay(2), none.delay(1), none.delay(2)]
    expect(await Promise.all(results.map((each) => each.wait()))).toEqual([undefined, 2, null, '2'])
    expect(results.map((each) => each.getStats().lane)).toEqual(['native', 'native', 'native', 'native'])
  })

  test('writes to the console once, in order, before its task is over', async () => {
    const written: unknown[][] = []
    const log = vi.spyOn(console, 'log').mockImplementation((...line) => void written.push(line))
    try {
      const tasks = tasksForTest({ engine: 'native' })
      const say = tasks.task({ name: 'say', compile: 'require' }, (n: number) => {
        console.log('first', n, n > 1)
        if (n < 0) throw new RangeError('negative')
        console.log(`second ${n}`)
        return n * 2
      })
      await compiled(say, 1)
      const checks = written.length
      expect(await say.delay(5).wait()).toBe(10)
      expect(written.slice(checks)).toEqual([['first', 5, true], ['second 5']])
      await expect(say.with({ maxRetries: 0 }).delay(-1).wait()).rejects.toThrow('negative')
      expect(written.slice(checks + 2)).toEqual([['first', -1, false]])
      // while both run and are compared, only JavaScript writes
      expect(written.slice(0, checks).filter(([word]) => word === 'first')).toHaveLength(checks / 2)
    } finally {
      log.mockRestore()
    }
  })
})
