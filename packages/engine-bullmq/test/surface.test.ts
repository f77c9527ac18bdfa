// What the door of the package exports, and what its options accept.
import { ConfigurationError, EngineUnavailableError, selectEngine } from '@catzilla/engine'
import { expect, it } from 'vitest'
import * as main from '../src/index.ts'

it('@catzilla/engine-bullmq', () => {
  expect(Object.keys(main).toSorted()).toMatchInlineSnapshot(`
    [
      "bullmqOptionTable",
      "createBullmqEngine",
      "createEngine",
    ]
  `)
})

it.each<[string, object, RegExp]>([
  ['redis://localhost?role=boss', {}, /role accepts 'both', 'producer' or 'worker', got "boss"/],
  ['redis://localhost?lockMs=soon', {}, /lockMs accepts an integer 1000/],
  ['redis://localhost', { prefix: 'no-dash' }, /prefix accepts letters, digits and _/],
  ['redis://localhost', { lockMS: 5 }, /lockMS/],
  ['no url at all', {}, /an engine URL looks like redis:/],
])('options: %s %o', async (url, options, problem) => {
  expect(() => main.createBullmqEngine(url, options)).toThrow(ConfigurationError)
  expect(() => main.createBullmqEngine(url, options)).toThrow(problem)
})

it('secrets of a URL are not shown', () => {
  const make = (): unknown => main.createBullmqEngine('redis://user:secret@localhost?role=boss')
  expect(make).not.toThrow(/secret/)
})

it.each(['redis://127.0.0.1:1', 'postgres://127.0.0.1:1/none'])('%s: nobody is there, which is said', async (url) => {
  const engine = main.createBullmqEngine(url)
  await expect(engine.start()).rejects.toThrow(EngineUnavailableError)
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
})

it('an engine URL finds the package', () => {
  const load = (): unknown => main
  const { engine, info } = selectEngine('redis://user:secret@localhost', {}, { env: {}, load })
  expect(engine.name).toBe('bullmq')
  expect(info.reason).not.toContain('secret')
})
