// Programs, compiled task bodies, as the binding exports them. Types are the numbers of `ctz_program_type`: 1 number, 2 int32,
// 3 counter, 4 boolean, 5 string, 16 + kind for typed arrays (in the order Int8, Uint8, Uint8Clamped, Int16, Uint16, Int32,
// Uint32, Float32, Float64); of results also 0 nothing and 32 a record.

import type { NativeLibrary } from './native-toolchain.ts'

/** What goes into a program and comes out. */
export interface NativeSignature {
  readonly parameters: readonly number[]
  /** Per parameter: a typed array that the program writes to, of which it gets a copy. */
  readonly written: readonly boolean[]
  readonly result: number
  /** The types of the values that it answers: none, one, or the fields of a record. */
  readonly results: readonly number[]
  readonly loops: boolean
  /** A run is a few hundred steps at most, whatever it is given: the engine may run it on the event loop's thread. */
  readonly bounded: boolean
}

/** Why a run gave up, and where. */
export interface NativeBail {
  /** A name of `CTZ_BAILS`, such as `RANGE`. */
  readonly reason: string
  readonly message: string
  /** Of an operation BAIL. */
  readonly number: number
  readonly function: number
  readonly instruction: number
}

/** Of a program that was added to an engine. */
export interface NativeProgramFigures {
  readonly calls: number
  /** Calls that gave up. */
  readonly bails: number
}

/** An opened program. */
export interface NativeProgram {
  readonly signature: NativeSignature
  /**
   * Runs it on this thread: its value, an Array of the fields of a record, or `BAILED`, also when an argument is not of the
   * type it was made for. Arrays that it writes to are copied before. Stopped by `timeoutMs` (Infinity) and `memoryBytes`
   * (256 MiB), it has given up.
   */
  call(args: readonly unknown[], timeoutMs?: number, memoryBytes?: number): unknown
  /** From the next call on it runs this body in C, out of a library or of one by its path. Throws an Error with the reason. */
  useBody(library: NativeLibrary | string, symbolName: string): void
  /** Why the latest call gave up; undefined when it did not. */
  lastBail(): NativeBail | undefined
}

/** A row of `ctz/opcodes.h`, whose head explains the letters. */
export interface NativeOperation {
  readonly name: string
  readonly result: string
  readonly operands: string
  readonly bails: boolean
}

export interface NativePrograms {
  /** By their numbers in the bytes of a program. */
  readonly operations: readonly NativeOperation[]
  /** The frozen object that stands for a run that gave up. */
  readonly BAILED: object
  /** `CTZ_PROGRAM_VERSION` of the bytes it takes. */
  readonly version: number
  /** `CTZ_BODY_ABI`, which libraries of bodies are compiled for. */
  readonly bodyAbi: number
  /** Functions of Math of which an exact one must be found before a program may use it. */
  readonly mathNames: readonly string[]
  /** Checks every byte. Throws an Error that says what is wrong with them. */
  openProgram(bytes: Uint8Array): NativeProgram
  /** How many pieces of code in this process may be exact. */
  mathCandidates(name: string): number
  /** Replaces the first of each pair of arguments by the result; false when there is no such candidate. */
  tryMath(name: string, candidate: number, pairs: Float64Array): boolean
  chooseMath(name: string, candidate: number): void
  /** `test` is asked once for each function that a program needs; it chooses a candidate, or none. */
  testMathBy(test: (name: string) => void): void
}
