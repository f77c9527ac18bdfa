// Bodies in JavaScript that run in C: when they do, that nobody can tell by what they give, and why others do not.
import type { EngineEvents } from '@catzilla/engine'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { CompileError, MemoryLimitError, TaskCancelledError, TaskTimeoutError } from '../src/index.ts'
import { loadCompiler } from '../src/compiler.ts'
import { decided, latest } from './decided.ts'
import type { Body } from './decided.ts'
import { nativeMissing } from './engines.ts'
import { even } from './own-schema.ts'
import { tasksForTest } from './tasks-for-test.ts'

describe.skipIf(nativeMissing !== undefined)('a body over numbers', () => {
  test('runs in C after its first calls, with the same results', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const area = tasks.task(
      { name: 'area', compile: 'require' },
      (width: number, height: number) => (width * height) / 3 + Math.sqrt(width),
    )
    expect(area.explain()).toMatchObject({ lane: 'inline', native: { compiled: false, bodies: [] } })
    const report = await decided(area, 2, 5)
    expect(report).toMatchObject({ types: ['number', 'number'], tier: 'interpreted', bails: 0, blockers: [] })
    expect(area.explain()).toMatchObject({
      lane: 'native',
      reason: 'C worker threads run the compiled body',
      native: { compiled: true, reason: report.reason },
    })
    for (const [width, height] of [
      [0, -0],
      [1e300, 1e300],
      [-1, Infinity],
      [NaN, 1],
      [0.1, 0.2],
    ] as const) {
      const result = area.delay(width, height)
      expect(await result.wait()).toBe(area(width, height))
      expect(result.getStats().lane).toBe('native')
    }
    expect(latest(area)?.calls).toBeGreaterThanOrEqual(5)
    expect(tasks.getStats().compiled).toEqual({ bodies: 1, calls: latest(area)?.calls, bails: 0 })
  })

  test('says what it waits for until there is a compiler', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const half = tasks.task({ name: 'half' }, (n: number) => n / 2)
    expect(half.explain().native.reason).toContain('has not been called')
    const results = [half.delay(1)]
    expect(half.explain().native.reason).toContain('called twice with arguments of the same types')
    results.push(half.delay(2))
    expect(half.explain().native.reason).toBe('the compiler is being loaded; a call after that has it compiled')
    expect(await Promise.all(results.map(async (result) => result.wait()))).toEqual([0.5, 1])
    await decided(half, 3)
    expect(half.explain().native.compiled).toBe(true)
  })

  test('of a batch runs there too', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const twice = tasks.task({ name: 'twice', compile: 'require' }, (n: number) => n * 2)
    await decided(twice, 1)
    const { calls } = latest(twice) ?? { calls: 0 }
    expect(await twice.batch([[1], [2], [3]]).wait()).toEqual([2, 4, 6])
    expect(latest(twice)?.calls).toBe(calls + 3)
  })

  test('that throws gives the error of JavaScript, from its own line, and is tried again', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const root = tasks.task({ name: 'root', compile: 'require', maxRetries: 2, retryDelayMs: 1 }, (n: number) => {
      if (n < 0) throw new RangeError(`no root of ${n}`)
      return Math.sqrt(n)
    })
    await decided(root, 4)
    const retried: number[] = []
    tasks.on('retrying', ({ attempt }: EngineEvents['retrying']) => retried.push(attempt))
    const result = root.delay(-3)
    const error = await rejectionOf(result.wait())
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toBe('no root of -3')
    expect(error.stack).toContain('compiled-bodies.test.ts')
    expect(result.getStats()).toMatchObject({ status: 'failed', retries: 2 })
    expect(retried).toHaveLength(2)
    expect(latest(root)?.bails).toBe(3)
    expect(await root.delay(9).wait()).toBe(3)
  })

  test('that is checked by an output schema says so, and shows nothing of the check', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const twice = tasks.task({ name: 'twice', output: even }, (n: number) => n * 2)
    expect(await twice.delay(1).wait()).toBe(2)
    expect(await twice.delay(2).wait()).toBe(4)
    const message = 'a body that is followed by the check of its output schema cannot be compiled'
    expect(twice.explain().native).toMatchObject({
      compiled: false,
      blockers: [{ code: 'CZ1002', message }],
      bodies: [],
    })
    const required = tasks.task({ name: 'required', output: even, compile: 'require' }, (n: number) => n * 2)
    const error = thrownBy(() => required.delay(1))
    expect(error).toBeInstanceOf(CompileError)
    expect(error.message).toContain(`task 'required': compile: 'require' cannot be met: CZ1002: ${message}`)
  })

  test('that C has to give up too often stays JavaScript', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const first = tasks.task({ name: 'first', maxRetries: 0 }, (n: number) => {
      if (n > 10) throw new TypeError('too large')
      return n
    })
    await decided(first, 1)
    for (let call = 0; call < 40; call++) await rejectionOf(first.delay(11).wait())
    expect(latest(first)).toMatchObject({ tier: 'javascript', reason: expect.stringContaining('gave up') as string })
    expect((await rejectionOf(first.delay(11).wait())).message).toBe('too large')
  })

  test('is compiled for other types apart, and four times at most', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const show = tasks.task({ name: 'show' }, (value: unknown) => value)
    const kinds = [1, true, 'a', { a: 1 }, { b: 1 }]
    for (const kind of kinds.slice(0, 4)) await decided(show, kind)
    for (let call = 0; call < 5; call++) expect(await show.delay(kinds[4]).wait()).toEqual({ b: 1 })
    expect(show.explain().native.bodies.map(({ types }) => types)).toEqual([
      ['number'],
      ['boolean'],
      ['string'],
      [{ record: { a: 'number' } }],
    ])
  })

  test('that is compiled for no types says why once', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const up = tasks.task({ name: 'up' }, (value: unknown) => `${String(value)} ${process.uptime()}`)
    const blocked = [await decided(up, 1), await decided(up, 'a')].flatMap(({ blockers }) => blockers)
    expect(blocked).toHaveLength(2)
    expect(up.explain().native.blockers).toEqual([blocked[0]])
  })
})

describe.skipIf(nativeMissing !== undefined)('a body with loops', () => {
  /** Undefined where there is no C compiler, which the test run then says. */
  async function machineCode<A extends readonly unknown[]>(task: Body<A>, ...args: A): Promise<boolean> {
    const { tier, reason } = await decided(task, ...args)
    if (tier === 'machine code') return true
    expect(reason).toMatch(/no machine code|no C compiler/)
    process.stdout.write(`a test of machine code is skipped: ${reason}\n`)
    return false
  }

  test('becomes machine code, with the same results', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const sum = tasks.task({ name: 'sum', compile: 'require' }, (values: Float64Array, times: number) => {
      let total = 0
      for (let time = 0; time < times; time++) for (let at = 0; at < values.length; at++) total += values[at]! * time
      return total
    })
    const values = Float64Array.from({ length: 1000 }, (_, at) => 1 / (at + 1))
    if (!(await machineCode(sum, values, 50))) return
    const result = sum.delay(values, 70)
    expect(await result.wait()).toBe(sum(values, 70))
    expect(result.getStats().lane).toBe('native')
  })

  test('is stopped when its time is over, when it is cancelled, and when it takes too much memory', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const spin = tasks.task({ name: 'spin', compile: 'require' }, (stop: number) => {
      let turns = 0
      while (turns !== stop) turns = (turns + 1) % 1_000_000
      return turns
    })
    if (!(await machineCode(spin, 900_000))) return
    const endless = spin.with({ timeoutMs: 30 }).delay(-1)
    expect(await rejectionOf(endless.wait())).toBeInstanceOf(TaskTimeoutError)
    const unwanted = spin.delay(-1)
    while (unwanted.status !== 'running') await new Promise((resolve) => setImmediate(resolve))
    expect(unwanted.cancel()).toBe(true)
    expect(await rejectionOf(unwanted.wait())).toBeInstanceOf(TaskCancelledError)

    const long = tasks.task({ name: 'long', compile: 'require' }, (times: number) => {
      let text = ''
      for (let time = 0; time < times; time++) text += `${time / 7},`
      return text.length
    })
    if (!(await machineCode(long, 300))) return
    const hog = long.with({ memoryLimitMb: 0.5 }).delay(1_000_000)
    expect(await rejectionOf(hog.wait())).toBeInstanceOf(MemoryLimitError)
    expect(await long.delay(30).wait()).toBe(long(30))
  })

  test('that calls itself is stopped too: no loop need come by', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const ways = tasks.task({ name: 'ways', compile: 'require' }, function climb(steps: number): number {
      return steps < 2 ? 1 : climb(steps - 1) + climb(steps - 2)
    })
    if (!(await machineCode(ways, 20))) return
    // some hundred years of it
    const late = ways.with({ timeoutMs: 30 }).delay(90)
    expect(await rejectionOf(late.wait())).toBeInstanceOf(TaskTimeoutError)
    const unwanted = ways.delay(90)
    while (unwanted.status !== 'running') await new Promise((resolve) => setImmediate(resolve))
    expect(unwanted.cancel()).toBe(true)
    expect(await rejectionOf(unwanted.wait())).toBeInstanceOf(TaskCancelledError)
    expect(await ways.delay(10).wait()).toBe(89)
  })
})

describe.skipIf(nativeMissing !== undefined)('texts, records and arrays', () => {
  test('go there and back whole where the body is worth it', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const sign = tasks.task(
      { name: 'sign', compile: 'require' },
      ({ name, times }: { name: string; times: number }) => ({
        line: `${name.repeat(times)}!`.toUpperCase(),
        length: name.length * times,
      }),
    )
    const arg = { name: 'na \ud800', times: 4000 }
    await decided(sign, { name: 'na', times: 40_000 })
    expect(await sign.delay(arg).wait()).toEqual(sign(arg))
    const found = await sign.delay({ name: 'ab', times: 3 }).wait()
    expect(found).toEqual({ line: 'ABABAB!', length: 6 })
    expect(Object.keys(found)).toEqual(['line', 'length'])
  })

  test('are handed over where the body takes longer than that, or C is asked for', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const greet = tasks.task({ name: 'greet' }, (name: string) => `Hello ${name}`)
    const { tier, reason } = await decided(greet, 'Ann')
    // how long it takes is for the machine to say; what follows from it is not
    expect(reason).toMatch(tier === 'javascript' ? /would take longer/ : /in the interpreter/)
    expect(await greet.delay('Bob').wait()).toBe('Hello Bob')
    const asked = tasks.task({ name: 'asked', compile: 'require' }, (name: string) => `Hello ${name}`)
    expect(await decided(asked, 'Ann')).toMatchObject({ tier: 'interpreted' })
    const result = asked.delay('Bob')
    expect([await result.wait(), result.getStats().lane]).toEqual(['Hello Bob', 'native'])
  })

  test('that asks for chance or the time is not compared with JavaScript, which would get others', async () => {
    const warnings: Error[] = []
    const hear = (warning: Error): void => void warnings.push(warning)
    process.on('warning', hear)
    const tasks = tasksForTest({ engine: 'native' })
    const toss = tasks.task({ name: 'toss' }, (sides: number) => 1 + Math.floor(Math.random() * sides))
    const stamp = tasks.task({ name: 'stamp' }, (since: number) => Date.now() - since)
    expect((await decided(toss, 1e6)).tier).toBe('interpreted')
    expect((await decided(stamp, 0)).tier).toBe('interpreted')
    const before = Date.now()
    expect(await toss.delay(6).wait()).toBeOneOf([1, 2, 3, 4, 5, 6])
    expect(await stamp.delay(0).wait()).toBeGreaterThanOrEqual(before)
    process.off('warning', hear)
    expect(warnings).toEqual([])
  })
})

describe.skipIf(nativeMissing !== undefined)('a body stays JavaScript', () => {
  test('when it takes something from its surroundings, which is named with its place', async () => {
    const rate = Math.random()
    const tasks = tasksForTest({ engine: 'native' })
    const tax = tasks.task({ name: 'tax' }, (amount: number) => amount * rate)
    const report = await decided(tax, 10)
    expect(report.tier).toBe('javascript')
    expect(report.blockers).toEqual([
      {
        code: expect.stringMatching(/^CZ1\d\d\d$/) as string,
        message: expect.stringContaining('rate') as string,
        remedy: 'name it in `captures` of the task, or hand it in as an argument',
        line: 1,
        column: 22,
      },
    ])
    expect(tax.explain()).toMatchObject({ lane: 'inline', native: { compiled: false, blockers: report.blockers } })
    expect(await tax.delay(10).wait()).toBe(10 * rate)
  })

  test('for some types of arguments, while C runs it for others', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const less = tasks.task({ name: 'less' }, (a: number | string, by: number) => (a as number) < by)
    expect((await decided(less, 5, 2)).tier).toBe('interpreted')
    expect(less.explain()).toMatchObject({ lane: 'native', reason: 'C worker threads run the compiled body' })
    const ofText = await decided(less, '5', 2)
    expect([ofText.types, ofText.tier]).toEqual([['string', 'number'], 'javascript'])
    const blocker = { code: 'CZ1007', message: "'<' of a string and a number is not compiled", line: 1 }
    expect(less.explain()).toMatchObject({
      lane: 'native',
      reason: 'C worker threads run the compiled body; for 1 of 2 tuples of types it runs on the event loop',
      native: { compiled: true, blockers: [blocker], bodies: [{ blockers: [] }, { blockers: [blocker] }] },
    })
    expect(await less.delay('5', 2).wait()).toBe(false)
  })

  test('when it is asynchronous, when it is asked to, and on a lane that was asked for', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const bodies = [
      tasks.task({ name: 'later' }, async (n: number) => n),
      tasks.task({ name: 'never', compile: false }, (n: number) => n),
      tasks.task({ name: 'here', lane: 'inline' }, (n: number) => n),
    ]
    for (const body of bodies) for (let call = 0; call < 20; call++) expect(await body.delay(call).wait()).toBe(call)
    expect(bodies.map((body) => body.explain().native)).toEqual([
      {
        compiled: false,
        reason: expect.stringMatching(
          /^CZ1002: an async function cannot be compiled \(line 1, column 1; instead: nothing, where it waits/,
        ) as string,
        prebuilt: null,
        blockers: [{ code: 'CZ1002', message: 'an async function cannot be compiled', line: 1, column: 1 }].map(
          (each) => expect.objectContaining(each) as object,
        ),
        bodies: [],
      },
      { compiled: false, reason: 'it is not to be compiled', prebuilt: null, blockers: [], bodies: [] },
      { compiled: false, reason: 'it is not to be compiled', prebuilt: null, blockers: [], bodies: [] },
    ])
    const none = tasksForTest({ engine: 'native', compile: false }).task({ name: 'none' }, (n: number) => n)
    expect(none.explain().native.reason).toBe('it is not to be compiled')
  })
})

test.skipIf(nativeMissing !== undefined)(
  "compile: 'require' refuses what stays JavaScript, with the reason",
  async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const rate = Math.random()
    const taxed = tasks.task({ name: 'taxed', compile: 'require' }, (amount: number) => amount * rate)
    await decided({ delay: taxed.with({ compile: 'auto' }).delay, explain: taxed.explain }, 10)
    expect(() => taxed.delay(10)).toThrow(CompileError)
    expect(() => taxed.delay(10)).toThrow(/'rate' comes from outside.*instead: name it in `captures`/)
    const later = tasks.task({ name: 'later', compile: 'require' }, async (n: number) => n)
    expect(() => later.delay(1)).toThrow(/CZ1002: an async function cannot be compiled/)
    const twice = tasks.task({ name: 'twice', compile: 'require' }, (n: number) => n * 2)
    await decided(twice, 1)
    expect(await twice.delay(21).wait()).toBe(42)
  },
)

test.skipIf(nativeMissing !== undefined)(
  'a program that gives something else is found out, and nobody gets its results',
  async () => {
    const tasks = tasksForTest({ engine: 'native' })
    tasks.engine.useCompiler?.(async (core) => {
      const compiler = await loadCompiler(core)
      const other = (a: number, b: number): number => a - b
      return compiler === null
        ? null
        : { ...compiler, compile: (_, name, types) => compiler.compile(other, name, types) }
    })
    const warned = inexactWarning()
    const sum = tasks.task({ name: 'sum' }, (a: number, b: number) => a + b)
    const report = await decided(sum, 20, 22)
    expect(report).toMatchObject({ tier: 'javascript', reason: expect.stringContaining('another result') as string })
    expect(await warned).toMatchObject({
      code: 'CATZILLA_INEXACT',
      message: expect.stringContaining("'sum'") as string,
    })
    expect(await sum.delay(20, 22).wait()).toBe(42)
    expect(tasks.getStats().compiled).toEqual({ bodies: 0, calls: 0, bails: 0 })
  },
)

test.skipIf(nativeMissing !== undefined)(
  'C that turns out slower than V8 is not used, and explain() says so',
  async ({ skip }) => {
    const tasks = tasksForTest({ engine: 'native' })
    // the same result, after many times the work: no load of a machine turns that round
    const slow = (turns: number): number => {
      let sum = 0
      for (let round = 0; round < 1000; round++) {
        sum = 0
        for (let turn = 0; turn < turns; turn++) sum = (sum * 31 + turn) % 1_000_003
      }
      return sum
    }
    tasks.engine.useCompiler?.(async (core) => {
      const compiler = await loadCompiler(core)
      return compiler === null
        ? null
        : { ...compiler, compile: (_, name, types) => compiler.compile(slow, name, types) }
    })
    const sum = tasks.task({ name: 'sum' }, (turns: number) => {
      let last = 0
      for (let turn = 0; turn < turns; turn++) last = (last * 31 + turn) % 1_000_003
      return last
    })
    const { tier, reason } = await decided(sum, 20_000)
    expect(tier).toBe('javascript')
    skip(/no machine code|no C compiler/.test(reason), reason)
    expect(reason).toMatch(/^JavaScript is quicker: \d+\.\d µs, C takes \d+\.\d µs$/)
    expect(sum.explain()).toMatchObject({ lane: 'inline', native: { compiled: false, reason } })
    const result = sum.delay(3)
    expect([await result.wait(), result.getStats().lane]).toEqual([33, 'inline'])
    expect(tasks.getStats().compiled).toMatchObject({ bodies: 0 })
  },
)

test('without the package there is no compiler, and nothing is thrown', async () => {
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  expect(await loadCompiler({}, () => Promise.reject(missing))).toBeNull()
  await expect(loadCompiler({}, () => Promise.reject(new SyntaxError('broken')))).rejects.toThrow('broken')
})

/** The next warning of its kind; Node may have others meanwhile. */
function inexactWarning(): Promise<Error & { code?: string }> {
  return new Promise((resolve) => {
    process.on('warning', function look(warning: Error & { code?: string }) {
      if (warning.code !== 'CATZILLA_INEXACT') return
      process.off('warning', look)
      resolve(warning)
    })
  })
}
