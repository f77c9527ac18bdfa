// The door `@catzilla/compiler`: functions become programs of the C engine, or stay JavaScript and say why.
export { blockerTable, describeBlocker } from './check/blockers.ts'
export type { Blocker, BlockerCode } from './check/blockers.ts'
export { compileFunction } from './compile-function.ts'
export type { Blocked, Compilation, Compiled, CompileOptions } from './compile-function.ts'
export { cLibrary } from './emit/c.ts'
export { flattenArguments, readResult } from './signature.ts'
export type { ParameterShape, ResultShape, Signature } from './signature.ts'
export type { TypeHint } from './types/hints.ts'
