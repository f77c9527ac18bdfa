// The crash-safe store round a local engine, as far as it is chosen here; the store itself has its own tests.
import { ConfigurationError, EngineUnavailableError } from '@catzilla/api'
import { createTypeScriptEngine } from '@catzilla/engine'
import { expect, test } from 'vitest'
import { wrapDurable } from '../src/durable.ts'
import { thrownBy } from './thrown.ts'

test('the package wraps the engine in its store', () => {
  const engine = createTypeScriptEngine()
  const wrapped = createTypeScriptEngine()
  const loaded: unknown[] = []
  const load = (name: string): unknown => {
    loaded.push(name)
    return {
      createDurableEngine: (...args: unknown[]) => {
        loaded.push(...args)
        return wrapped
      },
    }
  }
  expect(wrapDurable(engine, './data', {}, load)).toBe(wrapped)
  expect(loaded).toEqual(['@catzilla/durable', engine, './data', {}])
  const config = { directory: './data', durability: 'relaxed' } as const
  wrapDurable(engine, config, { keepResults: 5, queueSize: 9 }, load)
  expect(loaded.slice(-3)).toEqual([engine, './data', { durability: 'relaxed', keepResults: 5 }])
})

test('an engine that is durable by itself is not wrapped', () => {
  const broker = { ...createTypeScriptEngine(), name: 'bullmq', capabilities: { durable: true } }
  const error = thrownBy(() => wrapDurable(broker as never, './data', {}, () => ({})))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(
    /the bullmq engine keeps its tasks by itself; leave durable \(or CATZILLA_DURABLE\) out/,
  )
})

test('a package that fails while it loads is told from its first line', () => {
  const cause = new Error('wrong ELF class\nRequire stack:\n- somewhere')
  const load = (): never => {
    throw cause
  }
  const error = thrownBy(() => wrapDurable(createTypeScriptEngine(), './data', {}, load))
  expect(error).toBeInstanceOf(EngineUnavailableError)
  expect(error.message).toMatch(/does not load \(wrong ELF class\); run "npm install @catzilla\/durable"/)
  expect(error.cause).toBe(cause)
})
