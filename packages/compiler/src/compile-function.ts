// The whole way of a function: text, syntax tree, scopes, types and instructions, program.
import type { Blocker } from './check/blockers.ts'
import { Refusal } from './check/blockers.ts'
import { emitBytecode } from './emit/bytecode.ts'
import { emitC } from './emit/c.ts'
import { emitColumns, runsOverColumns } from './emit/columns.ts'
import { improve } from './improve/improve.ts'
import type { IrProgram, Position } from './ir/ir.ts'
import { printProgram } from './ir/print.ts'
import { verify } from './ir/verify.ts'
import type { LoweredProgram } from './lower/lower-program.ts'
import { lowerProgram } from './lower/lower-program.ts'
import { isVarying, withDoor, writesLog } from './lower/door.ts'
import { pollRecursion } from './ir/recursion.ts'
import { shapeParameters, shapeResult } from './lower/shapes.ts'
import { resolveScopes } from './scope/scopes.ts'
import type { Signature } from './signature.ts'
import { readSource } from './source/function-source.ts'
import type { TypeHint } from './types/hints.ts'
import { typeOfHint } from './types/hints.ts'

export interface CompileOptions {
  /** One for each argument; parameters beyond them are undefined. */
  readonly types: readonly TypeHint[]
  /**
   * What the function takes from its surroundings: numbers, strings, booleans, frozen objects of these, and functions (or
   * `{ source, captures }` for one whose surroundings are others).
   */
  readonly captures?: Readonly<Record<string, unknown>>
  readonly name?: string
  readonly file?: string
  /** The line of `file` in which the text begins; 1. */
  readonly line?: number
  /** The column of that line; 1. */
  readonly column?: number
}

export interface Compiled {
  readonly ok: true
  /** The bytes for `openProgram` and `addProgram` of the core. */
  readonly program: Uint8Array
  readonly signature: Signature
  /** It may take long: it has loops, or calls itself. */
  readonly loops: boolean
  /** It makes a number out of numbers, without taking memory: its C has a loop over columns of them as well. */
  readonly columns: boolean
  /** The instructions, as stable text. */
  readonly ir: string
  /** The same as C, under a name for `swapBody` and `useBody`: a part of a `cLibrary`. */
  c(symbol: string): string
  /** Where an instruction of a function came from. */
  positionOf(fn: number, instruction: number): Position | undefined
}

export interface Blocked {
  readonly ok: false
  readonly blockers: readonly Blocker[]
}

export type Compilation = Compiled | Blocked

/** Compiles a function from its text. Never throws: what cannot be compiled, for whatever reason, is `ok: false`. */
export function compileFunction(source: string, options: CompileOptions): Compilation {
  try {
    return compile(source, options)
  } catch (thrown) {
    const { line = 1, column = 1 } = options
    return { ok: false, blockers: [blockerOf(thrown, { line, column })] }
  }
}

function compile(text: string, options: CompileOptions): Compilation {
  const { types, captures = {}, name, line = 1, column = 1 } = options
  const source = readSource(text, { line, column })
  const unit = { name: name ?? source.node.id?.name ?? 'body', source, scopes: resolveScopes(source.node), captures }
  const lowered = lowerProgram(
    unit,
    types.map((hint) => typeOfHint(hint)),
  )
  if (!('functions' in lowered)) return { ok: false, blockers: lowered }
  return assemble(lowered, source.at(source.node))
}

function assemble(lowered: LoweredProgram, at: Position): Compilation {
  const { functions, recursive } = pollRecursion(lowered.functions.map(improve))
  const { shapes, params } = shapeParameters(functions, lowered.args, lowered.absent)
  const program: IrProgram = {
    functions: withDoor(functions.map((each, index) => (index === 0 ? { ...each, params } : each))),
  }
  const [problem] = verify(program)
  if (problem !== undefined) throw new Refusal('CZ1099', at, problem)
  const emitted = emitBytecode(program)
  if (emitted === undefined) throw new Refusal('CZ1019', at, 'it has too many values')
  const columns = runsOverColumns(program)
  const loop = (symbol: string): string => (columns ? `\n${emitColumns(program, symbol)}` : '')
  return {
    ok: true,
    columns,
    program: emitted.bytes,
    signature: {
      params: shapes,
      result: shapeResult(lowered.result),
      logs: writesLog(functions),
      varies: isVarying(functions),
    },
    loops: lowered.loops || recursive,
    ir: printProgram(program),
    c: (symbol) => emitC(program, symbol, emitted.numbers) + loop(symbol),
    positionOf: (fn, instruction) => emitted.positions[fn]?.[instruction],
  }
}

/** @param start of the function: what failed inside of the compiler has no better place */
function blockerOf(thrown: unknown, start: Position): Blocker {
  if (thrown instanceof Refusal) return thrown.blocker
  // the only RangeError of recursive descent: the stack is full
  if (thrown instanceof RangeError) return new Refusal('CZ1019', start, 'it is nested too deeply').blocker
  return new Refusal('CZ1099', start, thrown instanceof Error ? thrown.message : String(thrown)).blocker
}
