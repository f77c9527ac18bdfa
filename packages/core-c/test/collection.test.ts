// What the garbage collector may take, and what it must leave.
import { readdirSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import { borrowingLibrary, describeNative, exampleLibrary, newClient, theCore } from './core.ts'
import { config, PortClient } from './port-client.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function collectUntil(so: () => boolean): Promise<void> {
  while (!so()) {
    gc()
    await turn()
  }
}

/** Threads of engines in this process. */
function engineThreads(): number {
  if (process.platform !== 'linux') return 0
  const names = readdirSync('/proc/self/task').map((id) => {
    try {
      return readFileSync(`/proc/self/task/${id}/comm`, 'utf8')
    } catch {
      return 'ended meanwhile'
    }
  })
  return names.filter((name) => name.startsWith('ctz-')).length
}

describeNative('a forgotten engine', () => {
  beforeAll(() => collectUntil(() => engineThreads() === 0))

  test('is collected although its wake refers to it, and its threads end', async () => {
    const collected = new Set<number>()
    const registry = new FinalizationRegistry<number>((id) => collected.add(id))
    const forget = (id: number): void => {
      const client = new PortClient(theCore())
      registry.register(client, id)
      registry.register(client.engine, id + 10)
      registry.register(client.engine.memory, id + 20)
    }
    for (let id = 0; id < 5; id++) forget(id)
    await collectUntil(() => collected.size === 15 && engineThreads() === 0)
    expect(collected.size).toBe(15)
  })

  test('leaves its port to those who still hold it', async () => {
    const collected = new Set<string>()
    const registry = new FinalizationRegistry<string>((name) => collected.add(name))
    const keepMemory = (): Int32Array => {
      const engine = theCore().createEngine(config, 0, () => {})
      registry.register(engine, 'engine')
      return new Int32Array(engine.memory)
    }
    const words = keepMemory()
    await collectUntil(() => collected.has('engine'))
    words.fill(7)
    expect(words.every((word) => word === 7)).toBe(true)
  })

  test('may have kernels that read arrays', async () => {
    const collected = new Set<string>()
    const registry = new FinalizationRegistry<string>((name) => collected.add(name))
    const forget = (): void => {
      const client = new PortClient(theCore(), { workers: 1 })
      const plan = client.plan('stats')
      for (let i = 0; i < 6; i++) {
        client.engine.attach(i, plan, [new Float64Array(2 ** 21)])
        client.fill(i, plan, [], true)
        client.push(1, i)
      }
      registry.register(client.engine, 'engine')
    }
    forget()
    await collectUntil(() => collected.has('engine') && engineThreads() === 0)
    expect(engineThreads()).toBe(0)
  })

  test.each([true, false])('holds up nobody while its kernel reads an array (closed before: %s)', async (closes) => {
    const collected = new Set<string>()
    const registry = new FinalizationRegistry<string>((name) => collected.add(name))
    const words = new Int32Array(new SharedArrayBuffer(8))
    const forget = async (): Promise<void> => {
      const client = new PortClient(theCore(), { workers: 1 })
      client.engine.loadLibrary(borrowingLibrary())
      const plan = client.plan('borrowing.hold')
      const borrowed = new Int32Array(words.buffer)
      client.engine.attach(0, plan, [borrowed])
      client.fill(0, plan, [], true)
      client.push(1, 0)
      while (Atomics.load(words, 0) === 0) await turn()
      if (closes) client.engine.close()
      registry.register(borrowed, 'array')
      registry.register(client.engine, 'engine')
    }
    await forget()
    await collectUntil(() => collected.has('engine'))
    // a finalizer that waited for the kernel would have waited for ever
    for (let i = 0; i < 10; i++) await collectUntil(() => true)
    gc()
    expect(collected.has('array')).toBe(false)
    expect(engineThreads()).toBeGreaterThan(process.platform === 'linux' ? 0 : -1)
    Atomics.store(words, 1, 1)
    await collectUntil(() => collected.has('array') && engineThreads() === 0)
  })

  test('is not taken while it keeps the event loop alive', async () => {
    let running = 5
    const spun = async (): Promise<number> => {
      const client = new PortClient(theCore())
      const { scalar } = await client.run(client.plan('spin'), 20_000)
      running--
      return scalar
    }
    const all = Promise.all(Array.from({ length: 5 }, spun))
    await collectUntil(() => running === 0)
    expect((await all).every((microseconds) => microseconds >= 20_000)).toBe(true)
  })
})

describeNative('arrays of a task', () => {
  test('live as long as it runs', async () => {
    const client = newClient({ workers: 1 })
    const plan = client.plan('sum')
    const add = client.plan('add')
    for (let round = 0; round < 10; round++) {
      const summed = client.runAttached(plan, [new Float64Array(2 ** 20).fill(3)])
      const slot = client.takeSlot()
      client.engine.attachColumns(
        slot,
        add,
        [new Float64Array(2 ** 18).fill(1), new Float64Array(2 ** 18).fill(2)],
        new Float64Array(2 ** 18),
        1000,
      )
      client.fill(slot, add, [], true)
      const filled = client.settle(slot)
      gc()
      // memory that was freed would be taken by these
      const others = Array.from({ length: 8 }, () => new Float64Array(2 ** 18).fill(NaN))
      gc()
      expect((await summed).value).toBe(3 * 2 ** 20)
      expect((await filled).state).toBe(client.at('SLOT_STATE_COMPLETED'))
      expect(others).toHaveLength(8)
      client.engine.free(slot)
      client.giveSlot(slot)
    }
  })

  test('are let go by free, and by the next arguments', async () => {
    const client = newClient()
    const plan = client.plan('sum')
    const collected = new Set<string>()
    const registry = new FinalizationRegistry<string>((name) => collected.add(name))
    const attach = (name: string): void => {
      const array = new Float64Array(1000)
      registry.register(array, name)
      client.engine.attach(0, plan, [array])
    }
    attach('first')
    attach('second')
    await collectUntil(() => collected.has('first'))
    expect(collected.has('second')).toBe(false)
    client.engine.free(0)
    await collectUntil(() => collected.has('second'))
    expect(collected.size).toBe(2)
  })

  test('are not let go by free while the kernel runs', async () => {
    const client = newClient({ workers: 1 })
    const plan = client.plan('sum')
    for (let round = 0; round < 5; round++) {
      client.engine.attach(0, plan, [new Float64Array(2 ** 22).fill(1)])
      client.fill(0, plan, [], true)
      const settled = client.settle(0)
      while (client.words[client.slotWord(0, 'STATE')] === client.at('SLOT_STATE_PENDING')) await turn()
      client.engine.free(0)
      gc()
      expect((await settled).scalar).toBe(2 ** 22)
      client.engine.free(0)
    }
  })

  test('of large results outlive engine and slot', async () => {
    const collected = new Set<string>()
    const registry = new FinalizationRegistry<string>((name) => collected.add(name))
    const reversed = async (): Promise<unknown> => {
      const client = new PortClient(theCore())
      registry.register(client.engine, 'engine')
      registry.register(client.engine.memory, 'memory')
      client.engine.loadLibrary(exampleLibrary())
      return (await client.runAttached(client.plan('example.reverse'), [new Uint8Array(100_000).fill(9)])).value
    }
    const value = await reversed()
    await collectUntil(() => collected.size === 2)
    expect((value as Uint8Array).every((byte) => byte === 9)).toBe(true)
  })
})
