// Choosing an engine by name, URL, environment or instance; what is said about it, and what never is: a password.
import { thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { ConfigurationError, EngineUnavailableError } from '../src/contract/errors.ts'
import type { TaskEngine } from '../src/contract/task-engine.ts'
import { portLayout } from '../src/native/port-layout.ts'
import type { EngineOptions } from '../src/options/engine-options.ts'
import { createTypeScriptEngine, selectEngine } from '../src/select-engine.ts'
import type { EngineChoice, EngineSurroundings } from '../src/select-engine.ts'
import { TypeScriptEngine } from '../src/typescript/typescript-engine.ts'

const warnings: (Error & { readonly code?: string })[] = []
process.on('warning', (warning) => void warnings.push(warning))

function notInstalled(packageName: string): never {
  throw Object.assign(new Error(`Cannot find module '${packageName}'\nRequire stack:\n- /app/main.js`), {
    code: 'MODULE_NOT_FOUND',
  })
}

/** Nothing in the environment, nothing installed, but for what is given. */
function surroundings(given: Partial<EngineSurroundings> = {}): EngineSurroundings {
  return { env: {}, load: notInstalled, ...given }
}

/** A stranger's engine: it only has to look like one. */
class OtherEngine extends TypeScriptEngine {
  override readonly name = 'other' as 'typescript'
}

/** A package with an engine, and what it was asked for. */
function installed(): {
  from: EngineSurroundings
  asked: { packageName: string; url: string; options: EngineOptions }[]
} {
  const asked: { packageName: string; url: string; options: EngineOptions }[] = []
  const load = (packageName: string): unknown => ({
    createEngine: (url: string, options: EngineOptions): TaskEngine => {
      asked.push({ packageName, url, options })
      return new OtherEngine()
    },
  })
  return { from: surroundings({ load }), asked }
}

/** A package with a C engine that is never started. */
function withCore(core: object | undefined, source = 'made up', errors: readonly string[] = []): EngineSurroundings {
  return surroundings({ load: () => ({ loadCore: () => ({ core, source, errors }) }) })
}

const core = { version: '1.2.3', allocator: 'system', portLayout, createEngine: () => ({}) }

function inEnvironment(value: string): EngineSurroundings {
  return surroundings({ env: { CATZILLA_ENGINE: value } })
}

describe('auto', () => {
  test.each<[string, EngineChoice | undefined, EngineSurroundings]>([
    ['asked for', 'auto', surroundings()],
    ['by default', undefined, surroundings()],
    ['by the environment', undefined, inEnvironment('auto')],
    ['by an empty environment', undefined, inEnvironment('')],
  ])('%s: without the native engine it is the TypeScript one, and it says why', (_, choice, from) => {
    const { engine, info } = selectEngine(choice, {}, from)
    expect([engine.name, info.name]).toEqual(['typescript', 'typescript'])
    expect(info.reason).toBe('auto: it needs nothing but Node')
    expect(info.passedOver).toEqual([
      { name: 'native', reason: expect.stringContaining('@catzilla/core-c, which is not installed') },
    ])
  })

  test('with the native engine it is that one', () => {
    const { engine, info } = selectEngine('auto', { queueSize: 7 }, withCore(core))
    expect([engine.name, engine.capabilities.nativeLane]).toEqual(['native', true])
    expect(info).toEqual({ name: 'native', reason: 'auto: the native engine loads', passedOver: [] })
  })

  test.each<[string, EngineSurroundings['load'], string]>([
    [
      'throws at load',
      () => {
        throw new Error('wrong ABI')
      },
      'does not load: wrong ABI',
    ],
    [
      'throws something odd',
      () => {
        throw Object.assign(Object.create(null) as Error)
      },
      'does not load',
    ],
    ['exports no loadCore', () => ({}), 'exports loadCore'],
    ['exports nothing at all', () => undefined, 'exports loadCore'],
    ['exports null', () => null, 'exports loadCore'],
    ['has no binary', withCore(undefined, 'no native core: it is broken', ['it is broken']).load, 'it is broken'],
    ['is switched off', withCore(undefined, 'CATZILLA_NATIVE is off').load, 'CATZILLA_NATIVE is off'],
    ['was built for another layout', withCore({ ...core, portLayout: {} }).load, 'PORT_MAGIC = 1347705411'],
  ])('a native package that %s is passed over, for that reason', (_, load, reason) => {
    const { engine, info } = selectEngine('auto', {}, surroundings({ load }))
    expect(engine.name).toBe('typescript')
    expect(info.passedOver).toEqual([{ name: 'native', reason: expect.stringContaining(reason) }])
  })

  test('wrong options are refused, not passed over', () => {
    expect(() => selectEngine('auto', { queueSize: 0 }, surroundings())).toThrow(ConfigurationError)
  })
})

describe('by name or URL', () => {
  test.each(['typescript', 'typescript:', 'typescript:anything'])('%s', (choice) => {
    const { engine, info } = selectEngine(choice, {}, surroundings())
    expect(engine.name).toBe('typescript')
    expect(info).toEqual({ name: 'typescript', reason: `the engine option is "${choice}"`, passedOver: [] })
  })

  test.each([
    ['redis://localhost:6379', '@catzilla/engine-bullmq'],
    ['rediss://h:1/2?family=6', '@catzilla/engine-bullmq'],
    ['postgres://h/db', '@catzilla/engine-bullmq'],
    ['postgresql://h/db', '@catzilla/engine-bullmq'],
  ])('%s is given, whole, to %s', (choice, packageName) => {
    const { from, asked } = installed()
    const { engine } = selectEngine(choice, { workers: 3 }, from)
    expect(engine.name).toBe('other')
    expect(asked).toEqual([{ packageName, url: choice, options: { workers: 3 } }])
  })

  test.each([
    ['native', '@catzilla/core-c'],
    ['redis://user:hunter2@localhost:6379/0', '@catzilla/engine-bullmq'],
    ['rediss://:hunter2@localhost', '@catzilla/engine-bullmq'],
    ['postgres://user:hunter2@localhost/db', '@catzilla/engine-bullmq'],
    ['postgresql://user:hunter2@localhost/db', '@catzilla/engine-bullmq'],
  ])('%s without its package names the remedy, and no password', (choice, packageName) => {
    const error = thrownBy(() => selectEngine(choice, {}, surroundings()))
    expect(error).toBeInstanceOf(EngineUnavailableError)
    expect(error.message).toContain(`${packageName}, which is not installed; run "npm install ${packageName}"`)
    expect(error.message).not.toMatch(/hunter2/)
    expect(error.cause).toMatchObject({ code: 'MODULE_NOT_FOUND' })
  })

  test.each(['native', 'native:', 'native:anything'])('%s is the native engine', (choice) => {
    const { engine, info } = selectEngine(choice, { workers: 3 }, withCore(core))
    expect([engine.name, info.reason]).toEqual(['native', `the engine option is "${choice}"`])
    expect(engine.snapshot()).toMatchObject({ totalWorkers: 3, idleWorkers: 3, cAcceleration: true })
  })

  test('native switched off says what to do', () => {
    const { message } = thrownBy(() => selectEngine('native', {}, withCore(undefined, 'CATZILLA_NATIVE is off')))
    expect(message).toContain("CATZILLA_NATIVE is off; unset CATZILLA_NATIVE, or use engine: 'typescript'")
  })

  test('native of another layout names both values and the remedy', () => {
    const other = { ...core, portLayout: { ...portLayout, SLOT_BYTES: 128 } }
    const error = thrownBy(() => selectEngine('native', {}, withCore(other)))
    expect(error).toBeInstanceOf(EngineUnavailableError)
    expect(error.message).toMatch(/SLOT_BYTES = 96, the installed one \(version 1\.2\.3\) has 128: .*same version/)
  })

  test('more workers than C runs are refused', () => {
    const error = thrownBy(() => selectEngine('native', { workers: 257 }, withCore(core)))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/at most 256 workers, got workers 257/)
    expect(selectEngine('auto', { workers: 257 }, withCore(core)).info.passedOver[0]?.reason).toContain('256')
  })

  test('a package that lacks one of its own dependencies is not told to be missing itself', () => {
    const load = (): never => notInstalled('ioredis')
    const { message } = thrownBy(() => selectEngine('redis://h', {}, surroundings({ load })))
    expect(message).toContain("@catzilla/engine-bullmq, which does not load: Cannot find module 'ioredis'")
  })

  test.each([[undefined], [null], [{}], [{ createEngine: 'no function' }]])('a package that exports %o', (loaded) => {
    const error = thrownBy(() => selectEngine('redis://h', {}, surroundings({ load: () => loaded })))
    expect(error).toBeInstanceOf(EngineUnavailableError)
    expect(error.message).toContain(
      '@catzilla/engine-bullmq that exports createEngine; the installed one does not: update it',
    )
  })

  test('the engine of a package is put behind the guard', () => {
    const { engine } = selectEngine('redis://h', {}, installed().from)
    expect(() => engine.submit({ name: 't', options: {} as never, handler: () => {} }, [])).toThrow(
      /call start\(\) first/,
    )
  })
})

describe('by the environment', () => {
  test('it is asked when the option is not given, and the reason says so', () => {
    const { info } = selectEngine(undefined, {}, inEnvironment('typescript'))
    expect(info.reason).toBe('CATZILLA_ENGINE is "typescript"')
  })

  test('the option goes before it, also when both say the same', () => {
    expect(selectEngine('typescript', {}, inEnvironment('native')).engine.name).toBe('typescript')
    expect(selectEngine('typescript', {}, inEnvironment('typescript')).info.reason).toMatch(/^the engine option/)
    expect(selectEngine(createTypeScriptEngine(), {}, inEnvironment('native')).engine.name).toBe('typescript')
  })

  test('a mistake in it is told as one in it', () => {
    expect(thrownBy(() => selectEngine(undefined, {}, inEnvironment('fast'))).message).toMatch(
      /^CATZILLA_ENGINE accepts /,
    )
  })
})

describe('an instance', () => {
  test('is taken as it is, behind the guard', () => {
    const { engine, info } = selectEngine(new OtherEngine(), {}, surroundings())
    expect(info).toEqual({ name: 'other', reason: 'the engine option is an engine', passedOver: [] })
    expect(selectEngine(engine, {}, surroundings()).engine).toBe(engine)
  })

  test.each([[{}], [{ submit: () => {} }], [{ submit: 5, capabilities: {} }], [[]], [new Date()]])(
    '%o is no engine',
    (choice) => expect(() => selectEngine(choice as TaskEngine, {}, surroundings())).toThrow(ConfigurationError),
  )
})

describe('a wrong choice', () => {
  test.each([
    ['fast'],
    [''],
    ['Native'],
    [' native'],
    ['mysql://h'],
    ['://h'],
    ['toString'],
    ['constructor:x'],
    ['__proto__'],
    [5],
    [null],
    [true],
    [() => {}],
  ])('%o: the message says what is accepted', (choice) => {
    const error = thrownBy(() => selectEngine(choice as EngineChoice, {}, surroundings()))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(
      /^the engine option accepts 'auto', 'typescript:…', 'native:…', .* or an engine, got /,
    )
  })
})

describe('passwords', () => {
  const urls = [
    'redis://user:SECRET@host:6379',
    'redis://:SECRET@host',
    'rediss://SECRET@host',
    'postgres://user:p@SECRET@host/db',
    'postgres://user:a/SECRET@host/db',
    'postgres://user:a?SECRET@host/db',
    'postgres://host/db?user=u&password=SECRET',
    'mysql://user:SECRET@host',
    'Redis://user:SECRET@host',
    'redis//user:SECRET@host',
    'user:SECRET@host',
  ]

  test.each(urls)('%s: stays out of all that is said', (url) => {
    for (const from of [surroundings(), installed().from]) {
      for (const [choice, env] of [
        [url, ''],
        [undefined, url],
      ] as const) {
        let said: string
        try {
          said = JSON.stringify(selectEngine(choice, {}, { ...from, env: { CATZILLA_ENGINE: env } }).info)
        } catch (error) {
          said = String(error)
        }
        expect(said).not.toContain('SECRET')
        expect(said).toContain(url.startsWith('redis:') ? 'redis' : '')
      }
    }
  })

  test('the host stays readable', () => {
    const { info } = selectEngine('redis://user:SECRET@host:6379/1', {}, installed().from)
    expect(info.reason).toBe('the engine option is "redis://…@host:6379/1"')
  })
})

test('what is installed and does not load is said once in a process; what is not there, or switched off, is not said', async () => {
  selectEngine('auto', {}, surroundings())
  selectEngine('auto', {}, withCore(undefined, 'CATZILLA_NATIVE is off'))
  for (let times = 0; times < 3; times++) selectEngine('auto', {}, withCore(undefined, 'broken', ['broken']))
  await new Promise((resolve) => setImmediate(resolve))
  // the tests above have provoked it as well
  expect(warnings.map(({ code }) => code)).toEqual(['CATZILLA_NATIVE_UNAVAILABLE'])
  expect(warnings[0]?.message).toMatch(/@catzilla\/core-c.*tasks run on the TypeScript engine$/)
})

test('a binary that was named and does not load is said once, and what is used', async () => {
  const before = warnings.length
  const from = withCore(core, 'local build /core.node', ['CATZILLA_NATIVE_PATH /nowhere.node: it is not there'])
  for (const choice of ['auto', 'native', 'auto']) expect(selectEngine(choice, {}, from).engine.name).toBe('native')
  await new Promise((resolve) => setImmediate(resolve))
  expect(warnings.slice(before).map(({ code, message }) => [code, message])).toEqual([
    [
      'CATZILLA_NATIVE_NOT_LOADED',
      'CATZILLA_NATIVE_PATH /nowhere.node: it is not there; the native engine is that of local build /core.node',
    ],
  ])
})
