// The end of processes and isolates with engines in them: nothing crashes, nothing hangs. Each case is a process of its own.
import { expect, test } from 'vitest'
import { describeNative, runScript } from './core.ts'

/** Shared by the scripts: a client with the example kernels, and tasks that are on their way. */
const tools = `
  import { setFlagsFromString } from 'node:v8'
  import { runInNewContext } from 'node:vm'
  function newClient(asked = {}) {
    const client = new PortClient(load(), asked)
    client.engine.loadLibrary(library)
    return client
  }
  function start(client, kernel, ...args) {
    const slot = client.takeSlot()
    client.fill(slot, client.plan(kernel), args, false)
    client.push(1, slot)
    return slot
  }
  function startAttached(client, kernel, args) {
    const slot = client.takeSlot()
    const plan = client.plan(kernel)
    client.engine.attach(slot, plan, args)
    client.fill(slot, plan, [], true)
    client.push(1, slot)
    return slot
  }
  // Until it has begun; on a busy machine a kernel that ends by itself may be over when that is seen.
  const begun = async (client, slot) => {
    while (client.words[client.slotWord(slot, 'STATE')] < client.at('SLOT_STATE_RUNNING')) await turn()
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const ended = (worker) => new Promise((resolve) => worker.on('exit', resolve))
  const message = (worker) => new Promise((resolve) => worker.once('message', resolve))
  const here = new URL(import.meta.url)
  // One isolate after the other, each so many turns after it has said something.
  const terminateEach = async (isolates, turns = () => 0) => {
    for (let i = 0; i < isolates; i++) {
      const worker = new Worker(here, { workerData: i })
      await message(worker)
      for (let left = turns(i); left > 0; left--) await turn()
      await worker.terminate()
    }
  }
`

/** A client whose next wake throws. */
const throwing = `${tools}
  const client = newClient()
  client.drain = () => {
    throw new Error('from wake')
  }
  client.engine.keepAlive(true)
  Atomics.store(client.words, client.at('WORD_WAITING'), 1)
  start(client, 'add', 1, 2)
`

/** What a script that ends well has written. */
async function outputOf(text: string): Promise<string> {
  const { code, signal, output } = await runScript(tools + text)
  expect({ code, signal, output }).toMatchObject({ code: 0, signal: null })
  return output
}

describeNative('the end of the process', () => {
  test('comes although an engine is open and idle', async () => {
    expect(await outputOf(`newClient()`)).toBe('')
  })

  test('comes although a kernel runs that does not listen', async () => {
    const output = await outputOf(`
      const client = newClient()
      await begun(client, start(client, 'example.deaf', 60_000))
    `)
    expect(output).toBe('')
  })

  test('waits for work that keeps the event loop alive', async () => {
    const output = await outputOf(`
      const client = newClient()
      client.run(client.plan('spin'), 30_000).then(({ scalar }) => console.log(scalar >= 30_000))
    `)
    expect(output).toBe('true\n')
  })

  test('waits until kernels let go of arrays', async () => {
    const output = await outputOf(`
      const client = newClient({ workers: 1 })
      for (let i = 0; i < 4; i++) startAttached(client, 'stats', [new Float64Array(2 ** 22)])
      const columns = [new Float64Array(2 ** 21), new Float64Array(2 ** 21)]
      const slot = client.takeSlot()
      const plan = client.plan('add')
      client.engine.attachColumns(slot, plan, columns, new Float64Array(2 ** 21), 1000)
      client.fill(slot, plan, [], true)
      client.push(0, slot)
    `)
    expect(output).toBe('')
  })

  test('by process.exit() with running kernels', async () => {
    const output = await outputOf(`
      const client = newClient()
      const slow = start(client, 'example.deaf', 60_000)
      startAttached(client, 'stats', [new Float64Array(2 ** 22)])
      await begun(client, slow)
      process.exit(0)
    `)
    expect(output).toBe('')
  })

  test('by process.exit() in a wake', async () => {
    const output = await outputOf(`
      const client = newClient()
      const plan = client.plan('add')
      void client.run(plan, 1, 2).then(() => process.exit(0))
      for (;;) await client.run(plan, 1, 2)
    `)
    expect(output).toBe('')
  })

  test('by process.exit() with isolates whose kernels run', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        const workers = [1, 2, 3].map(() => new Worker(here))
        await Promise.all(workers.map(message))
        process.exit(0)
      } else {
        const client = newClient()
        await begun(client, start(client, 'example.deaf', 60_000))
        startAttached(client, 'stats', [new Float64Array(2 ** 22)])
        parentPort.postMessage('running')
        setInterval(() => {}, 1000)
      }
    `)
    expect(output).toBe('')
  })
})

describeNative('the end of an isolate', () => {
  test('that alone had loaded the core, while a kernel runs on', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        for (let i = 0; i < 3; i++) console.log(await ended(new Worker(here)))
        start(newClient(), 'example.deaf', 1)
      } else {
        const client = newClient()
        await begun(client, start(client, 'example.deaf', 300))
      }
    `)
    expect(output).toBe('0\n0\n0\n')
  })

  test('by terminate() with work in flight', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        const worker = new Worker(here)
        await message(worker)
        console.log(await worker.terminate())
        const client = newClient()
        console.log((await client.run(client.plan('add'), 1, 2)).scalar)
      } else {
        const client = newClient({ workers: 1 })
        const forever = start(client, 'example.forever')
        for (let i = 0; i < 20; i++) startAttached(client, 'stats', [new Float64Array(2 ** 20)])
        await begun(client, forever)
        parentPort.postMessage('running')
        setInterval(() => {}, 1000)
      }
    `)
    expect(output).toBe('1\n3\n')
  })

  test('by terminate() while kernels read its arrays', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        await terminateEach(8)
      } else {
        const client = newClient({ workers: 2 })
        const slots = [1, 2].map(() => startAttached(client, 'stats', [new Float64Array(2 ** 23)]))
        const columns = [new Float64Array(2 ** 22), new Float64Array(2 ** 22)]
        const slot = client.takeSlot()
        const plan = client.plan('multiply')
        client.engine.attachColumns(slot, plan, columns, columns[0], 500)
        client.fill(slot, plan, [], true)
        client.push(0, slot)
        await begun(client, slots[workerData % 2])
        parentPort.postMessage('running')
        setInterval(() => {}, 1000)
      }
    `)
    expect(output).toBe('')
  })

  test('by terminate() while it waits for a completion, and another waits no longer than asked', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        const worker = new Worker(here)
        await message(worker)
        for (let turns = 0; turns < 5000; turns++) await turn()
        console.log(await worker.terminate())
        const { engine } = newClient()
        const begun = performance.now()
        console.log(engine.waitCompleted(0, 120), performance.now() - begun >= 120)
      } else {
        const { engine } = newClient()
        parentPort.postMessage('waiting')
        engine.waitCompleted(0, Infinity)
      }
    `)
    expect(output).toBe('1\nfalse true\n')
  })

  test('after its engine was collected, waits for the kernel that reads an array', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        const worker = new Worker(here)
        const words = new Int32Array(await message(worker))
        const ending = worker.terminate()
        for (let turns = 0; turns < 1000; turns++) await turn()
        Atomics.store(words, 1, 1)
        console.log(await ending)
      } else {
        setFlagsFromString('--expose-gc')
        const gc = runInNewContext('gc')
        const words = new Int32Array(new SharedArrayBuffer(8))
        let collected = false
        const registry = new FinalizationRegistry(() => (collected = true))
        const forget = () => {
          const client = newClient({ workers: 1 })
          client.engine.loadLibrary(borrowing)
          startAttached(client, 'borrowing.hold', [new Int32Array(words.buffer)])
          registry.register(client.engine)
        }
        forget()
        while (Atomics.load(words, 0) === 0) await turn()
        while (!collected) {
          gc()
          await turn()
        }
        parentPort.postMessage(words.buffer)
        setInterval(() => {}, 1000)
      }
    `)
    expect(output).toBe('1\n')
  })

  test('by terminate() while wakes arrive', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        await terminateEach(15, (i) => i * 50)
      } else {
        const client = newClient()
        const plan = client.plan('spin')
        const again = () => client.run(plan, 5).then(again)
        for (let i = 0; i < 30; i++) void again()
        parentPort.postMessage('running')
      }
    `)
    expect(output).toBe('')
  })

  test('by terminate() in the middle of any call', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        await terminateEach(28, (i) => 20 * (i % 5))
      } else {
        const client = newClient()
        const { engine } = client
        const [stats, upper, reverse] = ['stats', 'example.upper', 'example.reverse'].map((name) => client.plan(name))
        const quietly = (call) => {
          try {
            call()
          } catch {}
        }
        const reversed = () => {
          engine.attach(5, reverse, [new Uint8Array(20_000)])
          client.fill(5, reverse, [], true)
          const position = client.word('COMPLETED_TAIL')
          client.push(1, 5)
          engine.waitCompleted(position, Infinity)
          quietly(() => engine.result(5))
          engine.free(5)
        }
        const calls = [
          () => engine.attach(1, stats, [new Float64Array(100)]),
          () => engine.attach(1, upper, ['text'.repeat(50)]),
          () => quietly(() => engine.attach(1, upper, [0.5])),
          () => engine.attachColumns(2, client.plan('add'), [new Float64Array(9), new Float64Array(9)], new Float64Array(9), 1),
          () => engine.statistics(),
          () => engine.kernels,
          () => load().createEngine({ slots: 8, workers: 1, maxWorkers: 1, memoryPoolBytes: 0, seed: 0, statistics: false, nice: 0 }, 0, () => {}),
          () => quietly(() => load().createEngine({}, 0, () => {})),
          reversed,
          () => engine.keepAlive(Math.random() < 0.5),
          () => quietly(() => engine.error(999)),
          () => engine.releasePlan(client.plan('add')),
          () => engine.waitCompleted(client.word('COMPLETED_TAIL'), 1),
        ]
        parentPort.postMessage('running')
        for (;;) workerData < calls.length ? calls[workerData]() : calls.forEach((call) => call())
      }
    `)
    expect(output).toBe('')
  })

  test('fifty times over, one way and another', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        let sum = 0
        for (let i = 0; i < 50; i++) {
          const worker = new Worker(here, { workerData: i })
          const end = ended(worker)
          sum += await message(worker)
          if (i % 3 === 0) await worker.terminate()
          await end
        }
        console.log(sum)
      } else {
        const client = newClient({ slots: 16 })
        const { scalar } = await client.run(client.plan('add'), workerData, 0)
        if (workerData % 2 === 0) client.engine.close()
        parentPort.postMessage(scalar)
        if (workerData % 5 === 1) process.exit(0)
      }
    `)
    expect(output).toBe('1225\n')
  })

  test('several isolates have engines at the same time', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        const workers = [1, 2, 3, 4].map((n) => new Worker(here, { workerData: n }))
        const client = newClient()
        const own = await client.run(client.plan('add'), 100, 0)
        const sums = await Promise.all(workers.map(message))
        console.log(own.scalar, ...sums)
      } else {
        const client = newClient()
        const plan = client.plan('add')
        let sum = 0
        for (let i = 0; i < 500; i++) sum = (await client.run(plan, sum, workerData)).scalar
        parentPort.postMessage(sum)
      }
    `)
    expect(output).toBe('100 500 1000 1500 2000\n')
  })
})

describeNative('what wake throws', () => {
  test('is an uncaught exception', async () => {
    const { code, output } = await runScript(`
      process.on('uncaughtException', (error) => {
        console.log(error.message)
        process.exit(0)
      })
      ${throwing}
    `)
    expect([code, output]).toEqual([0, 'from wake\n'])
  })

  test('ends the process when nobody listens', async () => {
    const { code, output } = await runScript(throwing)
    expect(code).not.toBe(0)
    expect(output).toContain('Error: from wake')
  })
})
