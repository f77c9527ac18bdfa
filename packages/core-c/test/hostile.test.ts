// JavaScript writes the port, so anything may be written there. The process must survive it, and other tasks must run.
import { expect, test } from 'vitest'
import { describeNative, exampleLibrary, newClient } from './core.ts'
import type { PortClient } from './port-client.ts'

/** xorshift32: the seed is part of the test's name. */
function randomWords(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  }
}

/** Whether tasks still run there: by hand, since the client's own account of the rings may be wrong by now. */
async function stillWorks(client: PortClient): Promise<boolean> {
  const slot = 0
  // a ring that was overfilled loses its entries: not this one
  const [head, tail] = [client.at('WORD_HEAD'), client.at('WORD_TAIL')]
  while (Atomics.load(client.words, head) !== Atomics.load(client.words, tail)) {
    client.engine.runOrWake()
    await new Promise((resolve) => setImmediate(resolve))
  }
  client.fill(slot, client.plan('add'), [20, 22], false)
  const state = client.slotWord(slot, 'STATE')
  client.push(0, slot)
  while (client.words[state] !== client.at('SLOT_STATE_COMPLETED')) {
    client.engine.runOrWake()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return client.doubles[client.slotWord(slot, 'RESULT') / 2] === 42
}

/** Drains by moving the head to where C has got to; what the entries say is not looked at. */
function forget(client: PortClient): void {
  Atomics.store(client.words, client.at('WORD_COMPLETED_HEAD'), client.word('COMPLETED_TAIL'))
}

describeNative('what JavaScript may write', () => {
  test.each([1, 2, 3, 4, 5])('random slots, pushed into every ring (seed %d)', async (seed) => {
    const client = newClient()
    const next = randomWords(seed * 7919)
    const plans = ['add', 'crc32', 'stats', 'spin', 'dot'].map((kernel) =>
      client.plan(kernel, { tell: true, maxRetries: 1 }),
    )
    const first = client.slotWord(1, 'PLAN')
    const last = client.slotWord(63, 'PLAN') + client.at('SLOT_BYTES') / 4
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 20; i++) client.words[first + (Math.abs(next()) % (last - first))] = next()
      const slot = 1 + (Math.abs(next()) % 63)
      if (next() % 2 === 0) client.words[client.slotWord(slot, 'PLAN')] = plans[Math.abs(next()) % plans.length] ?? 0
      // spin must not spin for a random time
      client.doubles[client.slotWord(slot, 'ARGS') / 2] = next() % 50
      client.push(Math.abs(next()) % 5, slot)
      if (round % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
      forget(client)
    }
    expect(await stillWorks(client)).toBe(true)
  })

  test('indices that are no slots', async () => {
    const client = newClient()
    for (const entry of [64, 65, 2 ** 24, 2 ** 31 - 1, -1, -(2 ** 31)])
      for (let ring = 0; ring < 5; ring++) client.push(ring, entry)
    expect(await stillWorks(client)).toBe(true)
  })

  test('plans that are none', async () => {
    const client = newClient()
    for (const plan of [1, 255, 256, 65_535, 65_536, -1, 2 ** 31 - 1]) {
      const settled = await client.run(plan, 1, 2)
      expect(settled.state).toBe(client.at('SLOT_STATE_FAILED'))
    }
    expect(await stillWorks(client)).toBe(true)
  })

  test('the same slot many times over', async () => {
    const client = newClient()
    const plan = client.plan('spin')
    for (let i = 0; i < 60; i++) {
      client.fill(5, plan, [20], false)
      client.push(i % 4, 5)
    }
    client.fill(6, plan, [1], false)
    for (let i = 0; i < 30; i++) client.push(4, 6)
    expect(await stillWorks(client)).toBe(true)
  })

  test('a slot whose arguments, result and errors are taken and freed while it is pushed again and again', async () => {
    const client = newClient()
    client.engine.loadLibrary(exampleLibrary())
    const upper = client.plan('example.upper')
    const stats = client.plan('stats')
    const fail = client.plan('example.fail')
    const codes = new Set<string | undefined>()
    const quietly = (call: () => unknown): void => {
      try {
        call()
      } catch (error) {
        codes.add((error as { code?: string }).code)
      }
    }
    for (let round = 0; round < 2000; round++) {
      const plan = [upper, stats, fail][round % 3] ?? upper
      const args = [['some text, longer than a word'], [new Float64Array(600)], [1]][round % 3] ?? []
      quietly(() => client.engine.attach(3, plan, args))
      client.fill(3, plan, [], true)
      for (let ring = 0; ring < 4; ring++) client.push(ring, 3)
      quietly(() => client.engine.result(3))
      client.words[client.slotWord(3, 'STATE')] = client.at('SLOT_STATE_COMPLETED')
      quietly(() => client.engine.result(3))
      quietly(() => client.engine.error(3))
      client.engine.free(3)
      forget(client)
      if (round % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    codes.delete('CTZ_INVALID')
    codes.delete('CTZ_NOT_FOUND')
    expect([...codes]).toEqual([])
    expect(await stillWorks(client)).toBe(true)
  })

  test('arguments attached for one kernel never meet another', async () => {
    const client = newClient()
    const add = client.plan('add')
    client.engine.attach(2, add, [1e-300, 2])
    client.engine.releasePlan(add)
    // numbers read as the address and length of a slice would end the process
    expect(client.plan('crc32')).toBe(add)
    client.fill(2, add, [], true)
    const settled = await client.settle(2)
    expect(client.outcome(settled)).toMatchObject({ status: 'NOT_FOUND' })
    client.engine.free(2)
    const columns = client.plan('multiply')
    client.engine.attachColumns(2, columns, [new Float64Array(2), new Float64Array(2)], new Float64Array(2), 1)
    client.engine.releasePlan(columns)
    expect(client.plan('crc32')).toBe(columns)
    client.fill(2, columns, [], true)
    expect(client.outcome(await client.settle(2))).toMatchObject({ status: 'NOT_FOUND' })
    client.engine.free(2)
  })

  test('a getter among the arguments has the number of their plan mean another kernel', () => {
    const client = newClient()
    const { engine } = client
    const plan = client.plan('crc32')
    const args: unknown[] = []
    Object.defineProperty(args, 0, {
      get() {
        engine.releasePlan(plan)
        expect(client.plan('sum')).toBe(plan)
        return new Uint8Array(64)
      },
    })
    args.length = 1
    expect(() => engine.attach(2, plan, args)).toThrow('args[0] must be a Float64Array, got object')
    const columns: unknown[] = [new Float64Array(2), new Float64Array(2)]
    const add = client.plan('add')
    Object.defineProperty(columns, 1, {
      get() {
        engine.releasePlan(add)
        expect(client.plan('spin')).toBe(add)
        return new Float64Array(2)
      },
    })
    const attempt = (): void => engine.attachColumns(2, add, columns as Float64Array[], new Float64Array(2), 1)
    expect(attempt).toThrow('columns must have 1 values')
  })

  test('a getter among the arguments closes the engine', () => {
    const client = newClient()
    const args: unknown[] = [1, 2]
    Object.defineProperty(args, 1, {
      get() {
        client.engine.close()
        return 2
      },
    })
    expect(() => client.engine.attach(2, client.plan('add'), args)).toThrow('the engine is closed')
  })

  test('a getter among the arguments takes away the memory of those before', async () => {
    const client = newClient()
    const first = new Float64Array(1000).fill(1)
    const args: unknown[] = [first, undefined]
    Object.defineProperty(args, 1, {
      get() {
        structuredClone(first.buffer, { transfer: [first.buffer] })
        return new Float64Array(1000)
      },
    })
    expect(() => client.engine.attach(2, client.plan('dot'), args)).toThrow('neither detached nor resizable')
    expect(await stillWorks(client)).toBe(true)
  })

  test('buffers that lie about themselves', async () => {
    const client = newClient()
    const plan = client.plan('add')
    const [a, b, out] = [new Float64Array(100).fill(1), new Float64Array(100).fill(2), new Float64Array(100)]
    Object.defineProperty(b.buffer, 'resizable', {
      get() {
        structuredClone(out.buffer, { transfer: [out.buffer] })
        throw new Error('nobody asks this getter')
      },
    })
    const slot = client.takeSlot()
    client.engine.attachColumns(slot, plan, [a, b], out, 10)
    client.fill(slot, plan, [], true)
    expect((await client.settle(slot)).state).toBe(client.at('SLOT_STATE_COMPLETED'))
    expect(out).toEqual(new Float64Array(100).fill(3))
    const resizable = Reflect.construct(ArrayBuffer, [80, { maxByteLength: 800 }]) as ArrayBuffer
    const growable = Reflect.construct(SharedArrayBuffer, [80, { maxByteLength: 800 }]) as SharedArrayBuffer
    for (const buffer of [resizable, growable]) {
      Object.defineProperties(buffer, { resizable: { value: false }, growable: { value: false } })
      const attempt = (): void => client.engine.attach(2, client.plan('sum'), [new Float64Array(buffer)])
      expect(attempt).toThrow('neither detached nor resizable')
    }
  })

  test('results of a state that is a lie', async () => {
    const client = newClient()
    const plan = client.plan('stats')
    const { settled } = await client.runAttached(plan, [Float64Array.of(1, 2)])
    const state = client.slotWord(settled.slot, 'STATE')
    client.words[state] = client.at('SLOT_STATE_COMPLETED')
    expect(client.engine.result(settled.slot)).toBeUndefined()
    client.words[state] = 99
    expect(() => client.engine.result(settled.slot)).toThrow('has no result')
    expect(await stillWorks(client)).toBe(true)
  })

  test.each([2 ** 31, 2 ** 31 - 1, 1000, -1, -64])('a tail that runs ahead by %d', async (ahead) => {
    const client = newClient()
    for (let ring = 0; ring < 5; ring++) {
      const tail = client.at('WORD_TAIL') + 16 * ring
      Atomics.store(client.words, tail, (Atomics.load(client.words, tail) + ahead) | 0)
    }
    client.engine.runOrWake()
    client.engine.wakeTimers()
    const other = newClient()
    expect(await stillWorks(other)).toBe(true)
    client.engine.close()
  })

  test.each([11, 12, 13])('random words of the header (seed %d)', async (seed) => {
    const client = newClient()
    const next = randomWords(seed)
    const plan = client.plan('add')
    for (let round = 0; round < 300; round++) {
      client.fill(round % 64, plan, [1, 2], false)
      client.push(round % 4, round % 64)
      Atomics.store(client.words, Math.abs(next()) % client.at('PORT_HEADER_WORDS'), next())
      if (round % 20 === 0) client.engine.runOrWake()
      if (round % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
      // the client itself reads these
      Atomics.store(client.words, client.at('WORD_RING_MASK'), 63)
      Atomics.store(client.words, client.at('WORD_SLOTS_OFFSET'), client.at('PORT_HEADER_WORDS') * 4)
      Atomics.store(client.words, client.at('WORD_RINGS_OFFSET'), client.at('PORT_HEADER_WORDS') * 4 + 64 * 96)
    }
    client.engine.statistics()
    client.engine.close()
    expect(await stillWorks(newClient())).toBe(true)
  })
})
