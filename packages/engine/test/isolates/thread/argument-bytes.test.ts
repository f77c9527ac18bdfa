// Arguments that wait for a thread as bytes: what the task gets, what its next attempt gets, and what those see who look at it.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { ArgumentPacker } from '../../../src/isolates/thread/argument-bytes.ts'
import { shutGates, waitAtGate, openGate } from './gates.ts'
import { engineKinds, startWith, threadCall } from './thread-engines.ts'

const order = { id: 7, tags: ['books', 'engine'], address: { city: 'London' }, note: null }
const same = (value: unknown): unknown => value
const atOnce = { maxRetries: 1, retryBackoff: 'none', retryDelayMs: 0 } as const

describe('packed arguments', () => {
  test('come back as they were, from one memory after the other', () => {
    const packer = new ArgumentPacker()
    const lists = Array.from({ length: 500 }, (_, n) => [{ n, text: `text ${n}`, deep: [[n], { n: -n / 2 }] }, n])
    const packed = lists.map((list) => packer.pack(list))
    expect(packed.map((each) => each?.unpack())).toEqual(lists)
    expect(packed[0]?.unpack()[0]).not.toBe(packed[0]?.unpack()[0])
  })

  test('are made of nothing that needs no copy, and of nothing that needs a message', () => {
    const packer = new ArgumentPacker()
    const shared = {}
    const circle: unknown[] = []
    circle.push(circle)
    const lists = [
      [1, 'text', null],
      [new Uint8Array(4)],
      [shared, shared],
      [circle],
      ['x'.repeat(2000), {}],
      [() => 1],
    ]
    for (const list of lists) expect(packer.pack(list)).toBeNull()
  })

  test('are not those of a getter that throws, nor of one that packs others meanwhile', () => {
    const packer = new ArgumentPacker()
    const broken = {
      get field(): never {
        throw new Error('broken')
      },
    }
    const greedy = {
      get field(): unknown {
        return packer.pack([{ inner: 1 }])
      },
    }
    expect(packer.pack([broken])).toBeNull()
    expect(packer.pack([greedy])?.unpack()).toEqual([{ field: null }])
    expect(packer.pack([order])?.unpack()).toEqual([order])
  })
})

describe.each(engineKinds)('a task with an object, on the %s engine', (_, make) => {
  test('gets it as it was when it was submitted', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const mine = structuredClone(order)
    const handle = engine.submit(threadCall(same), [mine])
    mine.address.city = 'Paris'
    mine.tags.push('late')
    expect(await handle.wait()).toEqual(order)
  })

  test('gets it whole in its next attempt, whatever the one before did to it', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const spoils = threadCall((value: { id: number }, tries: Int32Array) => {
      const found = structuredClone(value)
      value.id = -1
      if (Atomics.add(tries, 0, 1) === 0) throw new Error('the first attempt')
      return found
    }, atOnce)
    const plain = threadCall((value: { id: number }) => {
      const known = globalThis as { spoilt?: boolean }
      const found = structuredClone(value)
      value.id = -1
      if (known.spoilt === true) return found
      known.spoilt = true
      throw new Error('the first attempt')
    }, atOnce)
    expect(await engine.submit(spoils, [order, shutGates(1)]).wait()).toEqual(order)
    expect(await engine.submit(plain, [order]).wait()).toEqual(order)
  })

  test('shows it to those who look, while it waits and after it has failed, and runs again with it', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const gates = shutGates(2)
    const first = engine.submit(threadCall(waitAtGate), [gates, 0, 1])
    const fails = threadCall((value: { id: number }) => {
      throw new Error(`order ${value.id}`)
    })
    const handle = engine.submit(fails, [order])
    expect((await engine.find(handle.taskId))?.args).toEqual([order])
    openGate(gates, 0)
    await first.wait()
    expect((await rejectionOf(handle.wait())).message).toBe('order 7')
    expect((await engine.find(handle.taskId))?.args).toEqual([order])
    const again = await engine.retry(handle.taskId)
    expect((await rejectionOf(again.wait())).message).toBe('order 7')
  })

  test('may be one of a key, whose function sees it, and one of many', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const keyed = threadCall(same, { limits: { concurrency: 1, key: (value: typeof order) => `order ${value.id}` } })
    expect(await engine.submit(keyed, [order]).wait()).toEqual(order)
    const many = engine.submitMany(threadCall(same), [[order], [{ id: 8 }], [9]])
    expect(await Promise.all(many.map((each) => each.wait()))).toEqual([order, { id: 8 }, 9])
  })
})
