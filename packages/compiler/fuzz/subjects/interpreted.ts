// Tier 1: the compiler's bytes in the interpreter.
import type { NativeProgram, NativePrograms } from '@catzilla/core-c'
import { compileFunction, flattenArguments, readResult, replayEffects, type Compiled } from '../../src/index.ts'
import { recording } from '../console.ts'
import { corePrograms } from '../core-programs.ts'
import type { Prepared, Subject } from '../oracle.ts'
import { captureValues, type Hint, type Program } from '../program.ts'

/** Runs that hang are cut off, and count as bails with a reason that nobody overlooks. */
const timeout = 20_000

export function openInterpreter(): Subject {
  const programs = corePrograms()
  return { name: 'the interpreter', prepare: (all) => all.map((program) => prepare(programs, program)) }
}

/** Compiles, or says why not; what is thrown is a bug of the compiler. */
export function compiled(program: Program): Compiled | Exclude<Prepared, { run: unknown }> {
  return compiledText(program.source, program.types, captureValues(program))
}

export function compiledText(
  source: string,
  types: readonly Hint[],
  captures: Record<string, unknown>,
): Compiled | Exclude<Prepared, { run: unknown }> {
  try {
    const answer = compileFunction(source, { types, captures })
    if (answer.ok) return answer
    // What its own verifier refuses, and what it threw inside.
    const internal = answer.blockers.find(({ code }) => code === 'CZ1099')
    return internal === undefined ? { blockers: answer.blockers } : { broken: internal.message }
  } catch (error) {
    return { broken: `the compiler threw ${error instanceof Error ? error.stack : String(error)}` }
  }
}

function prepare(programs: NativePrograms, program: Program): Prepared {
  const answer = compiled(program)
  return 'ok' in answer ? opened(programs, answer) : answer
}

/** `ready` is told of the program before it is called. */
export function opened(programs: NativePrograms, answer: Compiled, ready?: (program: NativeProgram) => void): Prepared {
  let native: NativeProgram
  try {
    native = programs.openProgram(answer.program)
    ready?.(native)
  } catch (error) {
    return { broken: `${String(error)}\n${answer.ir}` }
  }
  return { writesBack: false, run: (args) => outcome(programs, native, answer, args) }
}

function outcome(
  programs: NativePrograms,
  native: NativeProgram,
  { signature }: Compiled,
  args: unknown[],
): ReturnType<RunOf> {
  const flat = flattenArguments(signature, args)
  if (flat === undefined) return { bailed: 'arguments of other types' }
  const value = native.call(flat, timeout)
  if (value !== programs.BAILED) {
    const { lines } = recording(() => replayEffects(signature, value))
    return { value: readResult(signature, value), lines }
  }
  const bail = native.lastBail()
  if (bail?.reason === 'STOPPED') throw new Error('the program does not end')
  return { bailed: bail?.reason ?? 'for no reason' }
}

type RunOf = Extract<Prepared, { run: unknown }>['run']
