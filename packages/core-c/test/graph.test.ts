// A graph of steps through the binding: what comes back, and lists that are none.
import { expect, test } from 'vitest'
import { describeNative, newClient } from './core.ts'
import type { PortClient } from './port-client.ts'

const NUMBER = 2 ** 32 - 1

interface Lists {
  plans: Uint32Array
  stepPlans: Uint32Array
  argEnds: Uint32Array
  argSteps: Uint32Array
  argNumbers: Float64Array
  results: Float64Array
  states: Uint8Array
}

/** (1 + 2) + (1 + 2) */
function lists(client: PortClient): Lists {
  return {
    plans: Uint32Array.of(client.plan('add')),
    stepPlans: Uint32Array.of(0, 0),
    argEnds: Uint32Array.of(2, 4),
    argSteps: Uint32Array.of(NUMBER, NUMBER, 0, 0),
    argNumbers: Float64Array.of(1, 2, 0, 0),
    results: new Float64Array(2),
    states: new Uint8Array(2).fill(9),
  }
}

function attach(client: PortClient, slot: number, all: Lists): void {
  const { plans, stepPlans, argEnds, argSteps, argNumbers, results, states } = all
  client.engine.attachGraph(slot, plans, stepPlans, argEnds, argSteps, argNumbers, results, states)
}

describeNative('a graph', () => {
  test('runs as one task, and fills its lists', async () => {
    const client = newClient()
    const all = lists(client)
    const slot = client.takeSlot()
    attach(client, slot, all)
    expect([...all.states]).toEqual([0, 0])
    // copied: what becomes of them is not seen
    all.argSteps.fill(7)
    client.fill(slot, all.plans[0] ?? 0, [], true)
    expect(await client.settle(slot)).toMatchObject({ state: client.at('SLOT_STATE_COMPLETED'), scalar: 2 })
    expect([...all.results]).toEqual([3, 6])
    expect([...all.states]).toEqual([1, 1])
    client.engine.free(slot)
  })

  test.each([
    ['plans', [], TypeError, 'plans must be a Uint32Array, got object'],
    ['argNumbers', new Float32Array(4), TypeError, 'argNumbers must be a Float64Array, got object'],
    ['argEnds', Uint32Array.of(2), TypeError, 'argEnds must have 2 elements, got 1'],
    ['argNumbers', new Float64Array(3), TypeError, 'argNumbers must have 4 elements, got 3'],
    ['results', new Float64Array(1), TypeError, 'results must have 2 elements, got 1'],
    ['states', new Uint8Array(3), TypeError, 'states must have 2 elements, got 3'],
    ['plans', Uint32Array.of(99), Error, 'there is no such task, plan or kernel'],
    ['argSteps', Uint32Array.of(0, NUMBER, 0, 0), Error, "an argument does not fit the kernel's signature"],
    ['argEnds', Uint32Array.of(3, 4), Error, "an argument does not fit the kernel's signature"],
    ['stepPlans', Uint32Array.of(0, 1), Error, "an argument does not fit the kernel's signature"],
  ])('refuses %s = %j', (name, value, type, message) => {
    const client = newClient()
    const slot = client.takeSlot()
    const attempt = (): void => attach(client, slot, { ...lists(client), [name]: value })
    expect(attempt).toThrow(type)
    expect(attempt).toThrow(message)
  })

  test('is refused after close, and for slots that are not there', () => {
    const client = newClient()
    const all = lists(client)
    expect(() => attach(client, 64, all)).toThrow('slot must be a whole number from 0 to 63, got 64')
    client.engine.close()
    expect(() => attach(client, 0, all)).toThrow('the engine is closed')
  })
})
