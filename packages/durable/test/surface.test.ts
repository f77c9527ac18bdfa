// What the door of the package exports, and what its options accept.
import { ConfigurationError, createTypeScriptEngine } from '@catzilla/engine'
import { expect, it } from 'vitest'
import * as main from '../src/index.ts'

it('@catzilla/durable', () => {
  expect(Object.keys(main).toSorted()).toMatchInlineSnapshot(`
    [
      "createDurableEngine",
      "deadLettersOf",
      "durableOptionTable",
    ]
  `)
})

it.each([
  [{ durability: 'sometimes' }, /durability accepts 'strict' or 'relaxed', got "sometimes"/],
  [{ maxRecoveries: -1 }, /maxRecoveries accepts an integer 0\.\.1000, got -1/],
  [{ compressAboveBytes: 1.5 }, /compressAboveBytes accepts/],
  [{ encryptionKeys: [{ id: 'a', key: Buffer.from('short secret') }] }, /encryptionKeys accepts an array of/],
  [{ encryptionKeys: [0, 0].map(() => ({ id: 'a', key: Buffer.alloc(32) })) }, /with different ids/],
  [{ maxRecovery: 3 }, /no option "maxRecovery"/],
])('options: %o', (options, problem) => {
  const make = (): unknown => main.createDurableEngine(createTypeScriptEngine(), './never-made', options as object)
  expect(make).toThrow(ConfigurationError)
  expect(make).toThrow(problem)
  // secrets are not shown
  expect(make).not.toThrow(/short secret|115,104/)
})

it('engines that cannot be made durable, and directories that are none, are refused', () => {
  const lacking = { name: 'strange', capabilities: { durable: false } }
  expect(() => main.createDurableEngine(lacking as never, './never-made')).toThrow(/cannot be made durable/)
  const broker = { ...createTypeScriptEngine(), name: 'bullmq', capabilities: { durable: true } }
  expect(() => main.createDurableEngine(broker as never, './never-made')).toThrow(/keeps its tasks by itself/)
  expect(() => main.createDurableEngine(createTypeScriptEngine(), '')).toThrow(/the directory must be a text/)
  expect(() => main.deadLettersOf(createTypeScriptEngine())).toThrow(/has no dead letters/)
})
