// Tasks of plain numbers through the port: what JavaScript writes, what comes back, and how it is told.
import { expect, test } from 'vitest'
import { describeNative, exampleLibrary, newClient } from './core.ts'
import type { PortClient } from './port-client.ts'

function withExamples(client: PortClient): PortClient {
  client.engine.loadLibrary(exampleLibrary())
  return client
}

describeNative('a task of scalars', () => {
  test('comes back with its result, its worker and its times', async () => {
    const client = newClient()
    const before = performance.now()
    const settled = await client.run(client.plan('add'), 2, 40)
    expect(settled).toMatchObject({ state: client.at('SLOT_STATE_COMPLETED'), scalar: 42, resultType: 1, attempt: 1 })
    const worker = client.words[client.slotWord(settled.slot, 'WORKER')]
    const started = client.doubles[client.slotWord(settled.slot, 'STARTED_AT') / 2] ?? NaN
    const ended = client.doubles[client.slotWord(settled.slot, 'ENDED_AT') / 2] ?? NaN
    expect([1, 2]).toContain(worker)
    expect(started).toBeGreaterThan(before - 5)
    expect(ended).toBeGreaterThanOrEqual(started)
    expect(ended).toBeLessThanOrEqual(performance.now())
  })

  test('many of them all come back, each with its own result', async () => {
    const client = newClient({ slots: 1024 })
    const plan = client.plan('add')
    for (let round = 0; round < 20; round++) {
      const settled = await Promise.all(Array.from({ length: 1000 }, (_, i) => client.run(plan, i, round)))
      expect(settled.map(({ scalar }) => scalar)).toEqual(Array.from({ length: 1000 }, (_, i) => i + round))
    }
    expect(client.engine.statistics().completed).toBe(20_000)
  })

  test('types of arguments are checked before the kernel runs', async () => {
    const client = withExamples(newClient())
    const negate = client.plan('example.negate')
    expect(await client.run(negate, 7)).toMatchObject({ resultType: 2, scalar: -7 })
    const flip = client.plan('example.flip')
    expect(await client.run(flip, 1)).toMatchObject({ resultType: 4, scalar: 0 })
    for (const wrong of [2.5, 2 ** 31, NaN]) {
      const slot = client.takeSlot()
      client.fill(slot, negate, [wrong], false)
      const settled = await client.settle(slot)
      expect(settled.state).toBe(client.at('SLOT_STATE_FAILED'))
      expect(client.engine.error(slot)).toMatchObject({ status: 'BAD_ARGUMENT' })
      client.engine.free(slot)
    }
  })

  test('an error arrives with name, code and message, and too long ones are cut', async () => {
    const client = withExamples(newClient())
    const slot = client.takeSlot()
    client.fill(slot, client.plan('example.fail'), [5], false)
    await client.settle(slot)
    expect(client.engine.error(slot)).toEqual({
      status: 'FAILED',
      name: 'RangeError',
      code: 'E_EXAMPLE',
      message: 'example.fail was given 5',
    })
    client.engine.free(slot)
    client.fill(slot, client.plan('example.wordy'), [], false)
    await client.settle(slot)
    expect(client.engine.error(slot)).toEqual({
      status: 'FAILED',
      name: 'w'.repeat(63),
      code: 'w'.repeat(63),
      message: 'w'.repeat(1023),
    })
    client.engine.free(slot)
  })

  test('is tried again as its plan says, with notices', async () => {
    const client = withExamples(newClient())
    const plan = client.plan('example.flaky', {
      tell: true,
      maxRetries: 3,
      backoff: 1,
      retryDelayMs: 1,
      retryMaxDelayMs: 5,
    })
    const settled = await client.run(plan, 2)
    expect(settled).toMatchObject({ state: client.at('SLOT_STATE_COMPLETED'), scalar: 3, attempt: 3 })
    const { slot } = settled
    const started = client.at('NOTICE_STARTED')
    const retrying = client.at('NOTICE_RETRYING')
    expect(client.notices).toEqual([started, retrying, started, retrying, started].map((kind) => ({ slot, kind })))
    expect(client.engine.statistics()).toMatchObject({ retried: 2, completed: 1, failed: 0 })
  })

  test('runs no longer than its timeout', async () => {
    const client = withExamples(newClient())
    const slot = client.takeSlot()
    client.fill(slot, client.plan('example.forever', { timeoutMs: 5 }), [], false)
    expect(await client.settle(slot)).toMatchObject({ state: client.at('SLOT_STATE_FAILED') })
    expect(client.engine.error(slot)).toMatchObject({ status: 'RAN_TOO_LONG' })
  })

  test('stops when it is cancelled while it runs', async () => {
    const client = withExamples(newClient())
    const slot = client.takeSlot()
    client.fill(slot, client.plan('example.forever'), [], false)
    const settled = client.settle(slot)
    await until(() => client.words[client.slotWord(slot, 'STATE')] === client.at('SLOT_STATE_RUNNING'))
    Atomics.store(client.words, client.slotWord(slot, 'CANCEL'), 1)
    expect(await settled).toMatchObject({ state: client.at('SLOT_STATE_CANCELLED') })
  })
})

describeNative('a task that waits for its moment', () => {
  test('runs when it is due', async () => {
    const client = newClient()
    const slot = client.takeSlot()
    client.fill(slot, client.plan('add'), [1, 2], false)
    const due = performance.now() + 20
    client.doubles[client.slotWord(slot, 'READY_AT') / 2] = due
    const settled = await client.settle(slot, client.at('TIMED_RING'))
    expect(settled.scalar).toBe(3)
    // the engine's clock may be a little behind ours
    expect(performance.now()).toBeGreaterThan(due - 5)
  })

  test('can be taken out before', async () => {
    const client = newClient()
    const slot = client.takeSlot()
    client.fill(slot, client.plan('add'), [1, 2], false)
    client.doubles[client.slotWord(slot, 'READY_AT') / 2] = performance.now() + 1e9
    const settled = client.settle(slot, client.at('TIMED_RING'))
    await until(() => client.engine.statistics().scheduled === 1)
    expect(client.engine.cancelTimed(slot)).toBe(true)
    expect(client.engine.cancelTimed(slot)).toBe(false)
    client.drain()
    expect(await settled).toMatchObject({ state: client.at('SLOT_STATE_CANCELLED') })
  })
})

describeNative('JavaScript', () => {
  test('can wait for completions without its event loop', () => {
    const client = newClient()
    expect(client.engine.waitCompleted(client.word('COMPLETED_TAIL'), 0)).toBe(false)
    const slot = client.takeSlot()
    client.fill(slot, client.plan('spin'), [2000], false)
    client.push(1, slot)
    expect(client.engine.waitCompleted(0, Infinity)).toBe(true)
    expect(client.words[client.slotWord(slot, 'STATE')]).toBe(client.at('SLOT_STATE_COMPLETED'))
    expect(() => client.engine.waitCompleted(0.5, 1)).toThrow(RangeError)
    expect(() => client.engine.waitCompleted(0, NaN)).toThrow(RangeError)
  })

  test('holds back starts by pause', async () => {
    const client = newClient()
    client.engine.pause(true)
    const settled = client.run(client.plan('add'), 1, 1)
    expect(client.engine.waitCompleted(0, 20)).toBe(false)
    client.engine.pause(false)
    expect((await settled).scalar).toBe(2)
  })

  test('gets what has settled while the next run, thought to be as short, goes on and on', async () => {
    // nobody sleeps who could look after the one worker
    const client = newClient({ workers: 1, maxWorkers: 1 })
    const plan = client.plan('spin', { priority: 2 })
    for (let i = 0; i < 10; i++) await client.run(plan, 100)
    const [brief, endless] = [client.takeSlot(), client.takeSlot()]
    client.fill(brief, plan, [100], false)
    client.fill(endless, plan, [1e12], false)
    client.engine.pause(true)
    const [first, second] = [client.settle(brief, 2), client.settle(endless, 2)]
    client.engine.pause(false)
    expect((await first).scalar).toBeGreaterThanOrEqual(100)
    client.words[client.slotWord(endless, 'CANCEL')] = 1
    expect((await second).state).toBe(client.at('SLOT_STATE_CANCELLED'))
  })

  test('gets all that is cancelled by close', async () => {
    const client = newClient({ workers: 1, maxWorkers: 1 })
    client.engine.pause(true)
    const plan = client.plan('add')
    const settled = Array.from({ length: 10 }, () => client.run(plan, 1, 1))
    client.engine.close()
    client.drain()
    const states = (await Promise.all(settled)).map(({ state }) => state)
    expect(states).toEqual(Array.from({ length: 10 }, () => client.at('SLOT_STATE_CANCELLED')))
  })
})

/** Gives the event loop its turn until something is so. */
async function until(so: () => boolean): Promise<void> {
  while (!so()) await new Promise((resolve) => setImmediate(resolve))
}
