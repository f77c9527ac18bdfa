// Compares what a compiled function gives with what V8 gives, bit for bit.
import type { NativeProgram } from '@catzilla/core-c'
import { loadCore } from '@catzilla/core-c'
import { describe, expect } from 'vitest'
import type { Compiled, CompileOptions, TypeHint } from '../src/index.ts'
import { compileFunction, describeBlocker, flattenArguments, readResult } from '../src/index.ts'
import { hasCompiler, libraryOf } from './library.ts'

const { core, source } = loadCore()
if (core === undefined) console.warn(`programs are compiled but not run: ${source}`)

/** `describe` for what runs programs. */
export const describeRun: typeof describe.skip = core === undefined ? describe.skip : describe

export type Options = Omit<CompileOptions, 'types'>

export function compiled(text: string, types: readonly TypeHint[], options: Options = {}): Compiled {
  const compilation = compileFunction(text, { types, ...options })
  if (!compilation.ok) throw new Error(compilation.blockers.map(describeBlocker).join('\n'))
  return compilation
}

/** The codes and messages of what blocks a function. */
export function blockersOf(text: string, types: readonly TypeHint[], options: Options = {}): string[] {
  const compilation = compileFunction(text, { types, ...options })
  return compilation.ok ? [] : compilation.blockers.map(describeBlocker)
}

export const BAILED = 'gave up'

/** What the program gives for these arguments, or BAILED. */
export function run(compilation: Compiled, args: readonly unknown[]): unknown {
  return runOpened(opened(compilation), compilation, args)
}

function opened({ program }: Compiled): NativeProgram {
  if (core === undefined) throw new Error(source)
  return core.programs.openProgram(program)
}

function runOpened(program: NativeProgram, { signature }: Compiled, args: readonly unknown[]): unknown {
  const flat = flattenArguments(signature, args)
  if (flat === undefined) return BAILED
  const given = program.call(flat)
  return given === core?.programs.BAILED ? BAILED : readResult(signature, given)
}

/** Runs a function in V8 and compiled, for each row of arguments. Where V8 throws, the program must have given up. */
export function expectSame(
  text: string,
  types: readonly TypeHint[],
  rows: readonly (readonly unknown[])[],
  options: Options & { readonly mayBail?: boolean } = {},
): void {
  const { mayBail = false, ...rest } = options
  const compilation = compiled(text, types, rest)
  const native = opened(compilation)
  // later, all at once, since starting a compiler takes longest
  if (hasCompiler) waiting.push({ compilation, rows })
  const names = Object.keys(rest.captures ?? {})
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is what is tested
  const make = new Function(...names, `return (${text})`) as (...values: unknown[]) => (...args: unknown[]) => unknown
  const original = make(...names.map((name) => rest.captures?.[name]))
  for (const row of rows) {
    const given = runOpened(native, compilation, structuredClone(row))
    const expected = thrownOr(() => original(...structuredClone(row)))
    if (expected === BAILED || (mayBail && given === BAILED)) expect(given).toBe(BAILED)
    else expect({ row, given }).toStrictEqual({ row, given: expected })
  }
}

function thrownOr(body: () => unknown): unknown {
  try {
    return body()
  } catch {
    return BAILED
  }
}

const waiting: { readonly compilation: Compiled; readonly rows: readonly (readonly unknown[])[] }[] = []

/** What was compared so far, once more as C: it must do exactly what the interpreter does, and give up at the same place. */
export function expectSameInC(): void {
  const library = libraryOf(waiting.map(({ compilation }, index) => compilation.c(`body_${index}`)))
  for (const [index, { compilation, rows }] of waiting.entries()) {
    const [interpreted, native] = [opened(compilation), opened(compilation)]
    native.useBody(library, `body_${index}`)
    for (const row of rows) {
      const expected = runOpened(interpreted, compilation, structuredClone(row))
      const given = runOpened(native, compilation, structuredClone(row))
      const [bail, other] = [interpreted.lastBail(), native.lastBail()]
      expect({ row, given, reason: other?.reason }).toStrictEqual({ row, given: expected, reason: bail?.reason })
      // how deep is too deep is not the same for both
      if (bail?.reason !== 'DEPTH') expect(other).toStrictEqual(bail)
    }
  }
  waiting.length = 0
}
