// What is kept of the names of tasks, and what is not.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createTypeScriptEngine } from '../../src/select-engine.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import { Gate } from '../../src/typescript/gate.ts'
import { Names } from '../../src/typescript/names.ts'
import type { NamedTask } from '../../src/typescript/plan.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const none = (): Iterable<NamedTask> => []
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What nobody holds has gone. References that were looked at stay until the end of their turn. */
async function forget(): Promise<void> {
  await turn()
  collectGarbage()
}

test('a name without anything to keep goes, sooner or later', async () => {
  const names = new Names()
  let most = 0
  for (let round = 0; round < 40; round++) {
    for (let n = 0; n < 1000; n++) names.of(`${round}.${n}`, false, none)
    most = Math.max(most, names.size)
    await forget()
  }
  expect(most).toBeLessThan(5000)
})

test('a name with something to keep stays, and so does one that somebody holds', async () => {
  const names = new Names()
  const fill = async (): Promise<void> => {
    for (let n = 0; n < 10_000; n++) names.of(`filling ${n}`, false, () => [inUse])
    await forget()
  }
  const inUse = names.of('in use', false, none)
  const held = names.of('held', true, none)
  names.of('defined', false, none).handler = () => {}
  names.of('kernel', false, none).kernel = { name: 'add' }
  names.of('limited', false, none).gate = new Gate()
  names.of('keyed', true, none).keyGates = new Map([['key', new Gate()]])
  names.of('unique', false, none).unique = new Map([['key', null as never]])
  await fill()
  await fill()
  const stayed = ['defined', 'kernel', 'limited', 'unique', 'in use'].map((name) => names.find(name)?.name)
  expect(stayed).toEqual(['defined', 'kernel', 'limited', 'unique', 'in use'])
  expect([names.find('keyed', true)?.keyGates?.size, names.find('held', true) === held]).toEqual([1, true])
  expect(names.of('held', true, none)).toBe(held)
})

test('an engine forgets the names of functions that it ran once', async () => {
  const engine = createTypeScriptEngine({ keepResults: 10 })
  const options = resolveTaskOptions({})
  await engine.start()
  try {
    const run = async (from: number): Promise<number> => {
      for (let n = from; n < from + 10_000; n++) {
        const call = { name: `function ${n}`, options, handler: () => n, plain: true as const }
        engine.submit(call, [])
        if (n % 1000 === 999) await engine.drain()
      }
      await engine.drain()
      await forget()
      return process.memoryUsage().heapUsed
    }
    for (let warm = 0; warm < 5; warm++) await run(warm * 10_000)
    const before = await run(50_000)
    let after = 0
    for (let round = 6; round < 26; round++) after = await run(round * 10_000)
    // 200,000 names of 120 bytes are 24 MB
    expect(after - before).toBeLessThan(8_000_000)
  } finally {
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  }
})

test('limits, unique keys and a pause of a defined task are not those of a plain function of its name', async () => {
  const engine = createTypeScriptEngine()
  await engine.start()
  try {
    const options = resolveTaskOptions({ uniqueKey: 'key', onConflict: 'reject', concurrency: 1 })
    engine.register({ name: 'send', handler: () => 'defined', options })
    await engine.pause('send')
    const defined = engine.submit({ name: 'send', options }, [])
    const plain = engine.submit({ name: 'send', options, handler: () => 'plain', plain: true }, [])
    expect(await plain.wait()).toBe('plain')
    expect(defined.status).toBe('pending')
    await engine.resume('send')
    expect(await defined.wait()).toBe('defined')
  } finally {
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  }
})
