// What an engine asks of a compiler of task bodies, and what it says of the bodies it has compiled. Engines without machine
// code of their own never ask.
import type { KernelReference, TaskHandler } from './task.ts'

/** Typed arrays that compiled bodies know, by their constructors. */
export const arrayTypeNames = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
] as const
export type ArrayTypeName = (typeof arrayTypeNames)[number]

/** Arrays that compiled bodies know, by what all their elements are. */
export type ListTypeName = 'number[]' | 'string[]' | 'boolean[]'

/** What an argument was when a body was first called so: the hint by which it is compiled. */
export type ArgumentType =
  | 'number'
  | 'string'
  | 'boolean'
  | ArrayTypeName
  | ListTypeName
  | { readonly record: Readonly<Record<string, ArgumentType>> }

/** Why a body stays JavaScript, and where; lines from 1, columns from 1. */
export interface CompileBlocker {
  /** Such as `CZ1003`; the documentation lists them. */
  readonly code: string
  readonly message: string
  /** What to do instead. */
  readonly remedy: string
  readonly line: number
  readonly column: number
}

/** What a body takes from its surroundings, by the names that its text has for it. */
export type Captures = Readonly<Record<string, unknown>>

/**
 * What is known of a body besides its text. One object for each definition: the engine tells bodies apart by it, since the
 * same text may stand in other surroundings.
 */
export interface BodyFacts {
  /** Called when the body is compiled, not before: what it names may have no value yet when the body is defined. */
  readonly captures?: () => Captures
  /** The types to compile it for before it has been called. */
  readonly signature?: readonly ArgumentType[]
  /** Gives what was compiled of it when the application was built. Asked once, when the body is first called. */
  readonly prebuilt?: (core: object) => Prebuilt
}

/** A body that was compiled when the application was built, for arguments of these types. */
export interface PrebuiltBody {
  readonly types: readonly ArgumentType[]
  readonly program: CompiledProgram
  /** Null where the interpreter runs it. */
  readonly code: MachineCode | null
  /** On how many lists of arguments C gave the same as V8 when it was built; 0: it was not tried there. */
  readonly tried: number
}

/** `reason`: where it comes from, or why it is not used. */
export interface Prebuilt {
  readonly bodies: readonly PrebuiltBody[]
  readonly reason: string
}

/** A body as C runs it. */
export interface CompiledProgram {
  /** What the interpreter in C takes. */
  readonly bytes: Uint8Array
  /** It has loops, or calls itself: worth running as machine code only. */
  readonly loops: boolean
  /**
   * Whether the program takes these arguments, whose types are those that it was compiled for: arrays may have what it does
   * not look at. Null: it always does.
   */
  readonly fits: ((args: readonly unknown[]) => boolean) | null
  /** Arguments as the program takes them: records taken apart, arrays as typed arrays. */
  readonly encode: ((args: readonly unknown[]) => readonly unknown[]) | null
  /** The result out of what the program gives: a record put together. */
  readonly decode: ((given: unknown) => unknown) | null
  /** Does what the run has written to the console, once it counts. Null: it writes nothing. */
  readonly effects: ((given: unknown) => void) | null
  /** It asks for chance or the time: its result is not compared with that of JavaScript. */
  readonly varies: boolean
  /** The same in C, for `BodyCompiler.build`; null where there is none. */
  readonly c: string | null
}

export type BodyCompilation =
  | { readonly ok: true; readonly program: CompiledProgram }
  | { readonly ok: false; readonly blockers: readonly CompileBlocker[] }

export interface MachineCode {
  /** The shared object, or its path. */
  readonly library: object | string
  /** Name of the body in it. */
  readonly symbol: string
}

export interface BodyCompiler {
  /** Elsewhere than on this thread. Rejects when the compiler itself fails. */
  compile(
    body: TaskHandler,
    name: string,
    types: readonly ArgumentType[],
    captures?: Captures,
  ): Promise<BodyCompilation>
  /**
   * Machine code out of what `c` of a program gave, from the cache or by a C compiler, elsewhere than on this thread.
   * Rejects with an Error that says why there is none.
   */
  build?(c: string): Promise<MachineCode>
  /** Ends what it keeps running. It is not used any more. */
  close?(): Promise<void>
}

/** Gives the compiler for an engine with this core; null where there is none. */
export type LoadCompiler = (core: object) => Promise<BodyCompiler | null>

/** How a body runs: in JavaScript while it is `compiling`, in both while they are compared, then in C or for good in JavaScript. */
export const bodyTiers = ['compiling', 'checking', 'interpreted', 'machine code', 'javascript'] as const
export type BodyTier = (typeof bodyTiers)[number]

/** What became of a body for arguments of certain types. */
export interface CompiledBodyReport {
  readonly types: readonly ArgumentType[]
  readonly tier: BodyTier
  /** When it was compiled: as the application was built, or while it runs. */
  readonly compiledAt: 'build' | 'run time'
  /** What runs it over columns, in `mapArrays`; null while that is JavaScript. */
  readonly columns: 'interpreted' | 'machine code' | null
  /** In one sentence. */
  readonly reason: string
  /** Runs that were handed to C; of columns each row is one. */
  readonly calls: number
  /** Runs that C gave up and JavaScript did. */
  readonly bails: number
  /** Time from the wish for it to the program, in milliseconds; machine code takes longer. */
  readonly compileMs: number
  /** Run time in JavaScript over that in C, of the calls that were compared; null before. */
  readonly speedUp: number | null
  readonly blockers: readonly CompileBlocker[]
}

export interface BodyReport {
  readonly reason: string
  /** Where what was compiled at build comes from, or why it is not used; null where there is nothing. */
  readonly prebuilt: string | null
  /** What keeps it from being compiled for arguments of any types: that it is asynchronous, or a generator. */
  readonly blockers: readonly CompileBlocker[]
  /** One for each tuple of argument types met so far, four at most. */
  readonly bodies: readonly CompiledBodyReport[]
}

/** How a body of numbers runs over columns of them. */
export interface ColumnsWay {
  /** The body for JavaScript, row by row; for a while it may compare each row with C. */
  readonly body: TaskHandler
  /** What C runs over the whole columns; null while, or where, JavaScript does. */
  readonly kernel: KernelReference | null
}
