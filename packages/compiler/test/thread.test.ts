// The thread of the compiler: captures arrive there as what they are, and it keeps nobody waiting.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CompilerThread } from '../src/index.ts'
import type { ThreadCompilation } from '../src/index.ts'

const unbuilt = !existsSync(join(import.meta.dirname, '../dist/compiler-thread-entry.js'))
if (unbuilt) process.stdout.write('tests of the thread of the compiler are skipped: the package is not built\n')

const thread = new CompilerThread()
afterAll(() => thread.close())

const compile = (source: string, captures: Readonly<Record<string, unknown>>): Promise<ThreadCompilation> =>
  thread.compile(source, { types: ['number'], captures })

describe.skipIf(unbuilt)('the thread of the compiler', () => {
  test('keeps no process alive, before and after it has compiled', async () => {
    const kept = (): string[] => process.getActiveResourcesInfo().filter((each) => each === 'MessagePort')
    const before = kept()
    const compiling = compile('(a) => a', {})
    expect(kept()).toStrictEqual(before)
    expect(await compiling).toMatchObject({ ok: true })
    expect(kept()).toStrictEqual(before)
  })

  test.each([
    ['a number', -0],
    ['a text', 'x'],
    ['a boolean', false],
    ['null', null],
    ['undefined', undefined],
  ])('compiles in %s', async (_, value) => {
    expect(await compile('(a) => c', { c: value })).toMatchObject({ ok: true })
  })

  test('compiles in what is frozen, and functions that see the same', async () => {
    const table = Object.freeze({ rate: 2, deep: Object.freeze({ by: 3 }) })
    const captures = { table, twice: (x: number) => once(x) * table.rate, once }
    expect(await compile('(a) => twice(a) + table.deep.by', captures)).toMatchObject({ ok: true, columns: true })
  })

  test.each([
    ['an object that may change', { rate: 2 }],
    ['an object of a class', Object.freeze(new Date(0))],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
  ])('says that it cannot compile in %s', async (what, value) => {
    const compilation = await compile('(a) => a + c.rate', { c: value })
    const message = expect.stringContaining(what) as string
    expect(compilation).toMatchObject({ ok: false, blockers: [{ code: 'CZ1005', message }] })
  })
})

function once(x: number): number {
  return x + 1
}
