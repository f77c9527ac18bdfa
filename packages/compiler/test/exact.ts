// Compares what a compiled function gives with what V8 gives, bit for bit.
import type { NativeProgram } from '@catzilla/core-c'
import { loadCore } from '@catzilla/core-c'
import { describe } from 'vitest'
import type { Compiled, CompileOptions, TypeHint } from '../src/index.ts'
import { compileFunction, describeBlocker, flattenArguments, readResult } from '../src/index.ts'
import { hasCompiler, libraryOf } from './library.ts'

const { core, source } = loadCore()
if (core === undefined) console.warn(`programs are compiled but not run: ${source}`)

/** `describe` for what runs programs. */
export const describeRun: typeof describe.skip = core === undefined ? describe.skip : describe

export type Row = readonly unknown[]
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

/** What a call that gave up, or threw in V8, is shown as. */
export const BAILED = 'gave up'

/** What the program gives for these arguments, or BAILED. */
export function run(compilation: Compiled, args: Row): unknown {
  return call(opened(compilation), compilation, args)
}

function opened({ program }: Compiled): NativeProgram {
  if (core === undefined) throw new Error(source)
  return core.programs.openProgram(program)
}

function call(program: NativeProgram, { signature }: Compiled, args: Row): unknown {
  const flat = flattenArguments(signature, args)
  if (flat === undefined) return BAILED
  const given = program.call(flat)
  return given === core?.programs.BAILED ? BAILED : readResult(signature, given)
}

interface Seen {
  readonly compilation: Compiled
  readonly rows: readonly Row[]
}

const seen: Seen[] = []

/**
 * Runs a function in V8 and compiled, for each row of arguments, and tells where they differ. What throws in V8 must have
 * given up; nothing else may, but where `mayBail` says so.
 */
export function differences(
  text: string,
  types: readonly TypeHint[],
  rows: readonly Row[],
  options: Options & { readonly mayBail?: boolean } = {},
): unknown[] {
  const { mayBail = false, ...rest } = options
  const compilation = compiled(text, types, rest)
  seen.push({ compilation, rows })
  const native = opened(compilation)
  const original = evaluated(text, rest.captures ?? {})
  const found = rows.flatMap((row) => {
    const given = call(native, compilation, structuredClone(row))
    const expected = thrownOr(() => original(...structuredClone(row)))
    const allowed = mayBail && given === BAILED
    return allowed || same(given, expected) ? [] : [{ row, given, expected }]
  })
  return found.slice(0, 3)
}

/** What was compared so far once more as C, which must do just what the interpreter does. */
export function differencesInC(): unknown[] {
  if (!hasCompiler) return []
  const library = libraryOf(seen.map(({ compilation }, index) => compilation.c(`body_${index}`)))
  return seen.splice(0).flatMap(({ compilation, rows }, index) => {
    const [interpreted, native] = [opened(compilation), opened(compilation)]
    native.useBody(library, `body_${index}`)
    return rows.flatMap((row) => {
      const expected = { given: call(interpreted, compilation, structuredClone(row)), bail: place(interpreted) }
      const found = { given: call(native, compilation, structuredClone(row)), bail: place(native) }
      return same(found, expected) ? [] : [{ ir: compilation.ir, row, found, expected }]
    })
  })
}

/** Why and where a run gave up; of how deep is too deep each has its own idea. */
function place(program: NativeProgram): unknown {
  const bail = program.lastBail()
  return bail?.reason === 'DEPTH' ? bail.reason : (bail ?? null)
}

function evaluated(text: string, captures: Readonly<Record<string, unknown>>): (...args: unknown[]) => unknown {
  const names = Object.keys(captures)
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is what is tested
  const make = new Function(...names, `return (${text})`) as (...values: unknown[]) => (...args: unknown[]) => unknown
  return make(...names.map((name) => captures[name]))
}

function thrownOr(body: () => unknown): unknown {
  try {
    return body()
  } catch {
    return BAILED
  }
}

function same(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  const [names, others] = [Object.keys(left), Object.keys(right)]
  return (
    left.constructor === right.constructor &&
    names.length === others.length &&
    names.every((name, at) => name === others[at] && same(Reflect.get(left, name), Reflect.get(right, name)))
  )
}
