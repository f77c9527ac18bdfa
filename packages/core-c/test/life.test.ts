// An engine from createEngine to close, and what it says about itself.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeNative, exampleLibrary, newClient, theCore } from './core.ts'
import { config, plainPlan } from './port-client.ts'

describeNative('the core', () => {
  test('names its version, its allocator and the kernel ABI', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(theCore().version).toBe(manifest.version)
    expect(theCore().kernelAbi).toBe(3)
    expect(theCore().allocator).toMatch(/^(system|jemalloc|mimalloc)( \(process\))?$/)
  })

  test('gives the layout of the port as port.h has it', () => {
    const header = readFileSync(new URL('../include/ctz/port.h', import.meta.url), 'utf8')
    const { portLayout } = theCore()
    const expected = new Map<string, number>()
    for (const [, name, index] of header.matchAll(/^ {2}X\((\w+), (\d+)\)/gm))
      expected.set(`WORD_${name}`, Number(index))
    for (const [, name, at] of header.matchAll(/^ {2}X\((\w+), (\d+), \w+\)/gm))
      expected.set(`SLOT_${name}`, Number(at))
    for (const [, name, state] of header.matchAll(/^ {2}CTZ_SLOT_(\w+) = (\d+)/gm))
      expected.set(`SLOT_STATE_${name}`, Number(state))
    for (const [, name, kind] of header.matchAll(/^ {2}CTZ_(NOTICE_\w+) = (\d+)/gm))
      expected.set(String(name), Number(kind))
    expect(expected.size).toBeGreaterThan(35)
    for (const [name, value] of expected) {
      expect({ name, value: portLayout[name] }).toEqual({ name, value })
    }
    const rest = Object.entries(portLayout).filter(([name]) => !expected.has(name))
    expect(Object.fromEntries(rest)).toEqual({
      PORT_MAGIC: 0x50545a43,
      PORT_LAYOUT: 1,
      PORT_RINGS: 5,
      PORT_MAX_SLOTS: 2 ** 24,
      PORT_HEADER_WORDS: 256,
      CLASSES: 4,
      SLOT_ARG_COUNT: 4,
      SLOT_BYTES: 96,
      TIMED_RING: 4,
      NOTICE_SHIFT: 28,
    })
  })

  test.each([
    ['slots', 0, RangeError, 'config.slots must be a whole number from 1 to 16777216, got 0'],
    ['slots', '64', TypeError, 'config.slots must be a number, got string'],
    ['workers', 5, RangeError, 'config.workers must be a whole number from 1 to 4, got 5'],
    ['maxWorkers', 257, RangeError, 'config.maxWorkers must be a whole number from 1 to 256, got 257'],
    ['memoryPoolBytes', -1, RangeError, 'config.memoryPoolBytes must be a number from 0 to Infinity, got -1'],
    ['memoryPoolBytes', NaN, RangeError, 'config.memoryPoolBytes must be a number from 0 to Infinity, got NaN'],
    ['seed', 1.5, RangeError, 'config.seed must be a whole number from 0 to 9007199254740991, got 1.5'],
    ['statistics', 1, TypeError, 'config.statistics must be a boolean, got 1'],
    ['nice', 20, RangeError, 'config.nice must be a whole number from 0 to 19, got 20'],
  ])('refuses %s = %j', (field, value, type, message) => {
    const wrong = { ...config, [field]: value }
    const attempt = (): unknown => theCore().createEngine(wrong, 0, () => {})
    expect(attempt).toThrow(type)
    expect(attempt).toThrow(message)
  })

  test('refuses other arguments of createEngine that do not fit, and passes on what a getter throws', () => {
    const loose = theCore() as unknown as { createEngine(...args: unknown[]): unknown }
    const make = (...args: unknown[]): unknown => loose.createEngine(...args)
    expect(() => make(undefined, 0, () => {})).toThrow('config must be an object, got undefined')
    expect(() => make(config, undefined, () => {})).toThrow('now must be a number, got undefined')
    expect(() => make(config, 0, {})).toThrow('wake must be a function, got object')
    const trap = {
      ...config,
      get slots(): number {
        throw new Error('from the getter')
      },
    }
    expect(() => make(trap, 0, () => {})).toThrow('from the getter')
  })
})

describeNative('an engine', () => {
  test('has the kernels that come with it, with their signatures', () => {
    const { kernels } = newClient().engine
    expect(kernels.map((kernel) => kernel.index)).toEqual(kernels.map((_, i) => i))
    expect(kernels.find((kernel) => kernel.name === 'add')).toEqual({
      index: expect.any(Number) as number,
      name: 'add',
      args: [1, 1],
      result: 1,
      fields: [],
      columns: true,
    })
    expect(kernels.find((kernel) => kernel.name === 'stats')).toMatchObject({
      args: [7],
      result: 11,
      fields: ['count', 'sum', 'mean', 'min', 'max', 'variance', 'stddev'],
      columns: false,
    })
  })

  test('adds the kernels of a library once, and says why it cannot', () => {
    const { engine } = newClient()
    const before = engine.kernels.length
    const added = engine.loadLibrary(exampleLibrary())
    expect(added[0]).toMatchObject({ index: before, name: 'example.haversine', columns: true })
    expect(engine.kernels.slice(before)).toEqual(added)
    expect(engine.loadLibrary(exampleLibrary())).toEqual([])
    expect(() => engine.loadLibrary('/nowhere/at-all.so')).toThrow(/nowhere/)
    expect(() => engine.loadLibrary('a\0b')).toThrow(expect.objectContaining({ code: 'CTZ_INVALID' }))
    expect(() => engine.loadLibrary(3 as unknown as string)).toThrow('path must be a string, got 3')
    expect(engine.kernels).toHaveLength(before + added.length)
  })

  test('shows its port', () => {
    const client = newClient({ slots: 100 })
    expect(client.engine.memory).toBeInstanceOf(ArrayBuffer)
    expect(client.word('MAGIC')).toBe(client.at('PORT_MAGIC'))
    expect(client.word('LAYOUT')).toBe(client.at('PORT_LAYOUT'))
    expect(client.word('SLOTS')).toBe(100)
    expect(client.word('RING_MASK')).toBe(127)
  })

  test('keeps the clock of performance.now()', () => {
    const { engine } = newClient()
    const before = performance.now()
    const now = engine.now()
    const after = performance.now()
    // what passed between reading the clock for createEngine and starting the engine's own
    expect(now).toBeGreaterThan(before - 5)
    expect(now).toBeLessThanOrEqual(after)
  })

  test.each([
    ['kernel', 4096, RangeError, /^plan.kernel must be a whole number from 0 to \d+, got 4096$/],
    ['priority', 4, RangeError, 'plan.priority must be a whole number from 0 to 3, got 4'],
    ['tell', 'yes', TypeError, 'plan.tell must be a boolean, got string'],
    ['maxRetries', Infinity, RangeError, 'plan.maxRetries must be a whole number from 0 to 4294967295, got Infinity'],
    ['backoff', 4, RangeError, 'plan.backoff must be a whole number from 0 to 3, got 4'],
    ['retryDelayMs', NaN, RangeError, 'plan.retryDelayMs must be a number from 0 to Infinity, got NaN'],
    ['retryJitter', 1.5, RangeError, 'plan.retryJitter must be a number from 0 to 1, got 1.5'],
    ['timeoutMs', null, TypeError, 'plan.timeoutMs must be a number, got null'],
    ['memoryLimitBytes', -5, RangeError, 'plan.memoryLimitBytes must be a number from 0 to Infinity, got -5'],
  ])('refuses a plan with %s = %j', (field, value, type, message) => {
    const { engine } = newClient()
    const attempt = (): number => engine.definePlan({ ...plainPlan, [field]: value })
    expect(attempt).toThrow(type)
    expect(attempt).toThrow(message)
  })

  test('uses the number of a released plan again, and knows no plan after its release', () => {
    const { engine } = newClient()
    const first = engine.definePlan(plainPlan)
    engine.releasePlan(first)
    expect(() => engine.releasePlan(first)).toThrow('plan must be a number that definePlan gave')
    expect(() => engine.attach(0, first, [])).toThrow(RangeError)
    expect(engine.definePlan(plainPlan)).toBe(first)
  })

  test('counts what it did, with sparse histograms', async () => {
    const client = newClient({ workers: 1 })
    const plan = client.plan('add')
    for (let i = 0; i < 10; i++) await client.run(plan, i, 1)
    const statistics = client.engine.statistics()
    expect(statistics).toMatchObject({ workers: 1, maxWorkers: 4, completed: 10, failed: 0, memoryPool: 2 ** 26 })
    expect(statistics.queues).toHaveLength(4)
    expect(statistics.queues[0]?.oldestReadyAt).toBe(Infinity)
    const run = statistics.run[1]
    if (run === undefined) throw new Error('no histogram of class 1')
    expect(run.count).toBe(10)
    expect(run.buckets).toBeInstanceOf(Float64Array)
    const counts = run.buckets.filter((_, i) => i % 2 === 1)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10)
    const bounds = run.buckets.filter((_, i) => i % 2 === 0)
    expect(bounds).toEqual(bounds.toSorted((a, b) => a - b))
    expect(bounds.at(-1)).toBeLessThanOrEqual(run.maxNs)
    expect(statistics.run[0]?.buckets).toHaveLength(0)
  })

  test('scales within its bounds', () => {
    const { engine } = newClient({ workers: 1, maxWorkers: 3 })
    engine.scale(3)
    expect(engine.statistics().workers).toBe(3)
    expect(() => engine.scale(4)).toThrow(RangeError)
    expect(() => engine.scale(0)).toThrow(RangeError)
  })

  test('closes as often as one likes; afterwards only what is left can be taken', () => {
    const client = newClient()
    const { engine } = client
    engine.close()
    engine.close()
    const closed = expect.objectContaining({ message: 'the engine is closed', code: 'CTZ_CLOSED' }) as Error
    expect(() => engine.runOrWake()).toThrow(closed)
    expect(() => engine.wakeTimers()).toThrow(closed)
    expect(() => engine.definePlan(plainPlan)).toThrow(closed)
    expect(() => engine.releasePlan(0)).toThrow(closed)
    expect(() => engine.loadLibrary('x')).toThrow(closed)
    expect(() => engine.attach(0, 0, [])).toThrow(closed)
    expect(() => engine.attachColumns(0, 0, [], new Float64Array(1), 1)).toThrow(closed)
    expect(() => engine.cancelTimed(0)).toThrow(closed)
    expect(() => engine.waitCompleted(0, 0)).toThrow(closed)
    expect(() => engine.pause(true)).toThrow(closed)
    expect(() => engine.scale(1)).toThrow(closed)
    expect(() => engine.statistics()).toThrow(closed)
    expect(() => engine.now()).toThrow(closed)
    expect(() => engine.keepAlive(true)).toThrow(closed)
    engine.keepAlive(false)
    engine.free(0)
    expect(client.word('MAGIC')).toBe(client.at('PORT_MAGIC'))
    expect(engine.kernels.length).toBeGreaterThan(0)
  })

  test('made by its constructor is one like any other; its methods cannot be borrowed', () => {
    const { engine } = newClient()
    const Engine = engine.constructor as new (...args: unknown[]) => typeof engine
    expect(() => new Engine()).toThrow('config must be an object, got undefined')
    const another = new Engine(config, 0, () => {})
    expect(another.kernels).toEqual(engine.kernels)
    another.close()
    expect(() => engine.now.call({} as typeof engine)).toThrow(TypeError)
  })
})
