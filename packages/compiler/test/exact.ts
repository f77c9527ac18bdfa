// Compares what a compiled function gives with what V8 gives, bit for bit.
import { loadCore } from '@catzilla/core-c'
import { describe, expect } from 'vitest'
import type { Compiled, CompileOptions, TypeHint } from '../src/index.ts'
import { compileFunction, describeBlocker, flattenArguments, readResult } from '../src/index.ts'

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
export function run({ program, signature }: Compiled, args: readonly unknown[]): unknown {
  if (core === undefined) throw new Error(source)
  const flat = flattenArguments(signature, args)
  if (flat === undefined) return BAILED
  const given = core.programs.openProgram(program).call(flat)
  return given === core.programs.BAILED ? BAILED : readResult(signature, given)
}

/** Runs a function in V8 and compiled, for each row of arguments. Where V8 throws, the program must have given up. */
export function expectSame(
  text: string,
  types: readonly TypeHint[],
  rows: readonly (readonly unknown[])[],
  options: Options & { readonly mayBail?: boolean } = {},
): void {
  const { mayBail = false, ...rest } = options
  const program = compiled(text, types, rest)
  const names = Object.keys(rest.captures ?? {})
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is what is tested
  const make = new Function(...names, `return (${text})`) as (...values: unknown[]) => (...args: unknown[]) => unknown
  const original = make(...names.map((name) => rest.captures?.[name]))
  for (const row of rows) {
    const given = run(program, structuredClone(row))
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
