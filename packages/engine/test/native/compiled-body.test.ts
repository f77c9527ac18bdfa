// When a body moves to C and when it goes back, by a clock and a C that the test plays.
import { expect, test } from 'vitest'
import type { NativeProgram, NativePrograms } from '@catzilla/core-c'
import type { BodyCompilation, BodyCompiler, CompiledBodyReport } from '../../src/contract/body-compiler.ts'
import { CompiledBody } from '../../src/native/tiers/compiled-body.ts'

const BAILED = Object.freeze({})
const blocker = { code: 'CZ1003', message: "'fetch' is not available", remedy: 'hand it in', line: 4, column: 9 }

/** Milliseconds that each run takes; C gives what JavaScript gives unless told otherwise. */
interface Played {
  readonly jsMs: readonly number[]
  readonly cMs: readonly number[]
  readonly required?: boolean
  readonly text?: boolean
  readonly inC?: (n: number) => unknown
}

const played = async ({ jsMs, cMs, required = false, text = false, inC = (n) => n * 2 }: Played) => {
  let now = 0
  const took = { js: 0, c: 0 }
  const pass = (of: 'js' | 'c', all: readonly number[]) => (now += all[took[of]++ % all.length] ?? 0)
  const native: Pick<NativeProgram, 'call'> = { call: ([n]) => (pass('c', cMs), inC(Number(n))) }
  const programs: Pick<NativePrograms, 'BAILED' | 'openProgram'> = {
    BAILED,
    openProgram: () => native as NativeProgram,
  }
  const compiler: BodyCompiler = { compile: async () => ((now += 7), compiled) }
  const tally = { bodies: 0, calls: 0, bails: 0 }
  const body = new CompiledBody({
    body: (n: number) => (pass('js', jsMs), n * 2),
    name: 'twice',
    types: [text ? 'string' : 'number'],
    compiler,
    facts: undefined,
    programs: programs as NativePrograms,
    required,
    tally,
    now: () => now,
  })
  await body.compile(compiler)
  return { body, tally, run: (n: number) => body.runChecked(n as never) }
}

const compiled: BodyCompilation = {
  ok: true,
  program: {
    bytes: new Uint8Array(),
    loops: false,
    fits: null,
    encode: null,
    decode: null,
    effects: null,
    varies: false,
    c: null,
  },
}

const report = async (as: Played, calls = 8): Promise<CompiledBodyReport> => {
  const { body, run } = await played(as)
  for (let call = 0; call < calls; call++) expect(run(call)).toBe(call * 2)
  return body.report()
}

test('the speed-up is the shortest run in JavaScript over the shortest in C', async () => {
  const { body, run, tally } = await played({ jsMs: [0.09, 0.06, 0.3], cMs: [0.05, 0.02] })
  expect(body.report()).toMatchObject({ tier: 'checking', speedUp: null, compileMs: 7 })
  for (let call = 0; call < 7; call++) run(call)
  expect(body.report().tier).toBe('checking')
  run(8)
  expect(body.report()).toMatchObject({ tier: 'interpreted', calls: 0, bails: 0 })
  expect(body.report().speedUp).toBeCloseTo(3, 9)
  expect(tally.bodies).toBe(1)
})

test('long bodies are compared three times', async () => {
  expect(await report({ jsMs: [3], cMs: [1] }, 2)).toMatchObject({ tier: 'checking' })
  expect(await report({ jsMs: [3], cMs: [1] }, 3)).toMatchObject({ tier: 'interpreted', speedUp: 3 })
})

test('C that takes more than twice as long is given up, with both figures', async () => {
  const slow = await report({ jsMs: [0.1], cMs: [0.25] })
  expect(slow).toMatchObject({ tier: 'javascript', reason: 'JavaScript is quicker: 100.0 µs, C takes 250.0 µs' })
  expect(slow.speedUp).toBeCloseTo(0.4, 9)
  const half = await report({ jsMs: [0.25], cMs: [0.5] })
  expect(half).toMatchObject({ tier: 'interpreted', speedUp: 0.5 })
})

test('slow C is kept where C was asked for, and where bodies are too short to tell', async () => {
  expect((await report({ jsMs: [0.1], cMs: [0.3], required: true })).tier).toBe('interpreted')
  expect((await report({ jsMs: [0.01], cMs: [0.3] })).tier).toBe('interpreted')
})

test('a short body over texts stays, since handing them over takes longer', async () => {
  const short = await report({ jsMs: [0.001], cMs: [0.0005], text: true })
  expect(short).toMatchObject({
    tier: 'javascript',
    reason: 'its body takes 1.0 µs: handing such arguments to C would take longer',
  })
  expect((await report({ jsMs: [0.003], cMs: [0.001], text: true })).tier).toBe('interpreted')
})

test('runs that C gave up say nothing of its speed', async () => {
  const gaveUp = await report({ jsMs: [0.1], cMs: [5], inC: (n) => (n === 3 ? n * 2 : BAILED) })
  expect(gaveUp).toMatchObject({ tier: 'javascript', bails: 7 })
  expect(gaveUp.speedUp).toBeCloseTo(0.02, 9)
  expect(await report({ jsMs: [0.1], cMs: [5], inC: () => BAILED })).toMatchObject({ speedUp: null, bails: 8 })
})

test('C that gives up too often is left', async () => {
  const { body, run } = await played({ jsMs: [0.1], cMs: [0.1], inC: (n) => (n < 0 ? BAILED : n * 2) })
  for (let call = 0; call < 8; call++) run(1)
  const { program } = body.inC({ options: {} } as never).kernel ?? {}
  program?.ran?.(40)
  program?.bailed?.(11)
  expect(body.tier).toBe('interpreted')
  program?.bailed?.(5)
  expect(body.report()).toMatchObject({
    tier: 'javascript',
    reason: 'C gave up 16 of 48 calls, which JavaScript then had to do',
  })
})

test('a body with blockers says the first with its place and its remedy', async () => {
  const { body } = await played({ jsMs: [1], cMs: [1] })
  await body.compile({ compile: async () => ({ ok: false, blockers: [blocker, blocker] }) })
  expect(body.report()).toMatchObject({
    tier: 'javascript',
    reason: "CZ1003: 'fetch' is not available (line 4, column 9; instead: hand it in), and 1 more",
    blockers: [blocker, blocker],
  })
})
