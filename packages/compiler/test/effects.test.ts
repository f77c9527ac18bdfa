// What bodies write to the console: once, in order, and only if the run counts. And sleeping.
import { expect, it } from 'vitest'
import { loadCore } from '@catzilla/core-c'
import { flattenArguments, replayEffects, readResult } from '../src/index.ts'
import { compiled, describeRun, differencesInC, differences } from './exact.ts'

type Line = readonly unknown[]

/** What a call of the program writes, and gives; undefined when it gave up. */
function written(
  text: string,
  args: readonly unknown[],
  types = args.map((each) => typeof each as string),
): { lines: Line[]; value: unknown } | undefined {
  const { core } = loadCore()
  const compilation = compiled(text, types)
  const { signature } = compilation
  const program = core?.programs.openProgram(compilation.program)
  const given = program?.call(flattenArguments(signature, args) ?? [])
  if (given === core?.programs.BAILED) return undefined
  const lines: Line[] = []
  const to =
    (method: string) =>
    (...values: readonly unknown[]) =>
      void lines.push([method, ...values])
  replayEffects(signature, given, {
    debug: to('debug'),
    error: to('error'),
    info: to('info'),
    log: to('log'),
    warn: to('warn'),
  })
  return { lines, value: readResult(signature, given) }
}

/** The same, in V8. */
function expected(text: string, args: readonly unknown[]): { lines: Line[]; value: unknown } {
  const lines: Line[] = []
  const to =
    (method: string) =>
    (...values: readonly unknown[]) =>
      void lines.push([method, ...values])
  const own = { debug: to('debug'), error: to('error'), info: to('info'), log: to('log'), warn: to('warn') }
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is what is tested
  const body = new Function('console', `return (${text})`)(own) as (...all: readonly unknown[]) => unknown
  return { lines, value: body(...args) }
}

describeRun('the console', () => {
  it.each([
    ['(a) => console.log(a)', [1]],
    ['(a) => { console.log("a", a, -0, NaN, Infinity, 1e21, 5e-324, true, false, undefined, null) }', [-0]],
    [
      '(a) => { console.log(); console.warn("%s is %d", a, 5); console.error(a); console.info(a + a); console.debug(`${a}`) }',
      ['s5:n;日\ud800'],
    ],
    ['(a) => { for (let i = 0; i < a; i++) console.log(i, "x".repeat(i)); return a }', [300]],
    ['(a) => { const say = (x) => { console.log("say", x); return x }; return say(a) + say(a + 1) }', [3]],
    ['function f(a) { console.log(a); return a > 0 ? f(a - 1) : 0 }', [5]],
    ['(a) => { let x; if (a > 2) x = a; console.log(x); let y = null; if (a > 2) y = "t"; console.log(y) }', [3]],
    ['(a) => { let x; if (a > 2) x = a; console.log(x); return { x: a, y: "y" } }', [1]],
    ['(a) => { const n = console.log(a); return n === undefined }', [1]],
    ['(a) => { [1, 2].forEach((x) => { console.log(x, a) }); return [a, a] }', [1]],
    ['(a) => { console.log((console.log(1), 2), 3); return "x" }', [1]],
    ['(a) => { if (a > 5) console.log(a); return a }', [1]],
  ])('%s', (text, args) => {
    expect(written(text, args)).toStrictEqual(expected(text, args))
  })

  it('has written nothing when it gives up', () => {
    expect(written('(a) => { console.log("before"); if (a > 0) throw new Error("x"); return 1 }', [1])).toBeUndefined()
    expect(written('(a) => { console.log("before"); return [1][a] }', [1])).toBeUndefined()
  })

  it('does the same in C', () => {
    const text = '(a) => { console.log("a", a, true); const f = (x) => { console.warn(x); return x }; return [f(a)] }'
    expect(differences(text, ['number'], [[1], [2]])).toStrictEqual([])
    expect(differencesInC()).toStrictEqual([])
  })

  it('says in its signature whether there is anything to do', () => {
    expect(compiled('(a) => console.log(a)', ['number']).signature.logs).toBe(true)
    expect(
      compiled('(a) => { if (a !== a && a === a && false) console.log(a); return a }', ['number']).signature.logs,
    ).toBe(false)
  })
})

describeRun('sleeping', () => {
  const sleep = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, a)'

  it('takes its time', () => {
    const begun = performance.now()
    expect(written(`(a) => ${sleep}`, [20])?.value).toBe('timed-out')
    expect(performance.now() - begun).toBeGreaterThanOrEqual(19)
  })

  it('does not sleep for less than nothing', () => {
    expect(differences(`(a) => ${sleep}`, ['number'], [[-5], [0], [-Infinity]])).toStrictEqual([])
    expect(differencesInC()).toStrictEqual([])
  })

  it('can be stopped', () => {
    const { core } = loadCore()
    const program = core?.programs.openProgram(compiled(`(a) => ${sleep}`, ['number']).program)
    expect(program?.call([Infinity], 10)).toBe(core?.programs.BAILED)
    expect(program?.lastBail()?.reason).toBe('STOPPED')
  })
})
