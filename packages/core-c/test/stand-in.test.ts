// Who runs a short task that is submitted while everybody sleeps: this thread, in the call that would have woken a worker, if its
// kernel is bounded; a worker in all other cases. Told by counters and the number of the worker.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { FunctionText } from './assembler.ts'
import { assemble, B, I, K, N, RECORD, S, viewType } from './assembler.ts'
import { describeNative, exampleLibrary, newClient, theCore } from './core.ts'
import type { PortClient } from './port-client.ts'
import { plainPlan } from './port-client.ts'

async function asleep(client: PortClient): Promise<void> {
  for (;;) {
    const { parkedWorkers, workers } = client.engine.statistics()
    if (parkedWorkers === workers) return
    await sleep(1)
  }
}

/** Runs one task after the other, each while everybody sleeps; tells the workers' numbers. */
async function workersOf(client: PortClient, plan: number, args: readonly number[], tasks: number): Promise<number[]> {
  const workers: number[] = []
  for (let each = 0; each < tasks; each++) {
    await asleep(client)
    const { slot } = await client.run(plan, ...args)
    workers.push(client.words[client.slotWord(slot, 'WORKER')] ?? -1)
  }
  return workers
}

/** Goes on until this thread has run a task; fails by the time limit of the test. */
async function untilRunHere(client: PortClient, plan: number, ...args: readonly number[]): Promise<void> {
  while (client.engine.statistics().ownerRuns === 0) await workersOf(client, plan, args, 1)
}

function programPlan(client: PortClient, ...functions: readonly FunctionText[]): number {
  return client.engine.definePlan({ ...plainPlan, kernel: client.engine.addProgram('p', assemble(...functions)).index })
}

const plusOne: FunctionText = {
  parameters: [N],
  constants: [[N, 1]],
  locals: [N],
  result: N,
  lines: [
    ['F64_ADD', 2, [0, 1]],
    ['RETURN', 0, [2, 1]],
  ],
}

describeNative('a bounded kernel', () => {
  test('runs here once it is known to be short, and wakes nobody', async () => {
    const client = newClient()
    const plan = client.plan('add')
    // nobody knows how long it takes
    expect((await workersOf(client, plan, [1, 2], 1))[0]).toBeGreaterThan(0)
    await untilRunHere(client, plan, 1, 2)
    for (;;) {
      await asleep(client)
      const before = client.engine.statistics()
      const settled = await client.run(plan, 40, 2)
      const after = client.engine.statistics()
      expect(settled).toMatchObject({ scalar: 42, attempt: 1, state: client.at('SLOT_STATE_COMPLETED') })
      expect(after.completed - before.completed).toBe(1)
      expect([1, 2].includes(client.words[client.slotWord(settled.slot, 'WORKER')] ?? -1)).toBe(
        after.ownerRuns === before.ownerRuns,
      )
      // it may have been interrupted, and be thought long for a while
      if (after.ownerRuns === before.ownerRuns) continue
      expect([after.workerWakes, after.ownerWakes]).toEqual([before.workerWakes, before.ownerWakes])
      expect(after.parkedWorkers).toBe(2)
      break
    }
  })

  test('of a library, or a program without loops, does as well', async () => {
    const client = newClient()
    client.engine.loadLibrary(exampleLibrary())
    await untilRunHere(client, client.plan('example.negate'), 7)
    const other = newClient()
    await untilRunHere(other, programPlan(other, plusOne), 7)
    expect(other.engine.programFigures(other.engine.kernels.length - 1).calls).toBeGreaterThan(0)
  })

  test('that fails says why', async () => {
    const client = newClient()
    client.engine.loadLibrary(exampleLibrary())
    const plan = client.plan('example.negate')
    await untilRunHere(client, plan, 7)
    const runs = (): number => client.engine.statistics().ownerRuns
    for (const before = runs(); runs() === before;) {
      await asleep(client)
      const slot = client.takeSlot()
      client.fill(slot, plan, [-(2 ** 31)], false)
      expect(await client.settle(slot)).toMatchObject({ state: client.at('SLOT_STATE_FAILED') })
      expect(client.engine.error(slot)).toMatchObject({ status: 'FAILED', name: 'RangeError' })
      client.engine.free(slot)
      client.giveSlot(slot)
    }
  })
})

describeNative('an unbounded kernel', () => {
  test('never runs here, however short it is', async () => {
    const client = newClient()
    client.engine.loadLibrary(exampleLibrary())
    const loops: FunctionText = {
      ...plusOne,
      locals: [N, B],
      lines: [
        ['F64_ADD', 2, [0, 1]],
        ['F64_LT', 3, [2, 0]],
        ['JUMP_IF', 0, [3], 0],
        ['RETURN', 0, [2, 1]],
      ],
    }
    const plans = [client.plan('example.flip'), client.plan('spin'), programPlan(client, loops)]
    for (const plan of plans) {
      const workers = await workersOf(client, plan, [0], 30)
      expect(workers.filter((worker) => worker !== 1 && worker !== 2)).toEqual([])
    }
    expect(client.engine.statistics().ownerRuns).toBe(0)
  })
})

describeNative('a program is bounded', () => {
  const boundedOf = (...functions: readonly FunctionText[]): boolean =>
    theCore().programs.openProgram(assemble(...functions)).signature.bounded
  const returning = (type: number): FunctionText => ({
    parameters: [type],
    result: type,
    lines: [['RETURN', 0, [0, 1]]],
  })

  test('with numbers and booleans alone', () => {
    for (const type of [N, I, K, B]) expect(boundedOf(returning(type))).toBe(true)
    expect(boundedOf(plusOne)).toBe(true)
    for (const type of [S, viewType('Float64Array'), viewType('Uint8Array')]) {
      expect(boundedOf(returning(type))).toBe(false)
    }
    // also where a text is only made
    expect(
      boundedOf({
        ...plusOne,
        constants: [
          [N, 1],
          [S, 'x'],
        ],
        locals: [N],
        lines: [
          ['F64_ADD', 3, [0, 1]],
          ['RETURN', 0, [3, 1]],
        ],
      }),
    ).toBe(false)
  })

  test('without jumps back and recursion', () => {
    expect(boundedOf({ ...plusOne, lines: [['JUMP', 0, [], 1], ...plusOne.lines] })).toBe(true)
    expect(
      boundedOf({
        ...plusOne,
        lines: [
          ['F64_ADD', 2, [0, 1]],
          ['JUMP', 0, [], 0],
        ],
      }),
    ).toBe(false)
    const calls: FunctionText = {
      ...plusOne,
      lines: [
        ['CALL', 2, [0], 0],
        ['RETURN', 0, [2, 1]],
      ],
    }
    expect(boundedOf(calls)).toBe(false)
  })

  test('without sleeping', () => {
    expect(boundedOf({ ...plusOne, lines: [['SLEEP', 0, [1]], ...plusOne.lines] })).toBe(false)
  })

  test('with a few hundred steps, those of functions counted for each call', () => {
    const adds = (count: number): FunctionText['lines'] =>
      Array.from({ length: count }, () => ['F64_ADD', 2, [0, 1]] as const)
    expect(boundedOf({ ...plusOne, lines: [...adds(511), ['RETURN', 0, [2, 1]]] })).toBe(true)
    expect(boundedOf({ ...plusOne, lines: [...adds(512), ['RETURN', 0, [2, 1]]] })).toBe(false)
    // each calls the next one twice
    const doubling = (depth: number): FunctionText[] => [
      ...Array.from({ length: depth }, (_, at): FunctionText => {
        const call = ['CALL', 2, [0], at + 1] as const
        return { ...plusOne, lines: [call, call, ['RETURN', 0, [2, 1]]] }
      }),
      plusOne,
    ]
    expect(boundedOf(...doubling(6))).toBe(true)
    expect(boundedOf(...doubling(7))).toBe(false)
    expect(boundedOf(...doubling(1000))).toBe(false)
  })

  test('whatever number of values it answers', () => {
    expect(boundedOf({ ...plusOne, result: RECORD, lines: [['RETURN', 0, [0, 2]]] })).toBe(true)
    expect(boundedOf({ result: 0, lines: [['RETURN', 0, [0, 0]]] })).toBe(true)
  })
})
