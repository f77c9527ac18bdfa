// The door `@catzilla/core-c`: finding the compiled engine, and its types.
export { loadCore } from './load.ts'
export type { CoreLoad, LoadCoreOptions } from './load.ts'
export { exactMath } from './exact-math.ts'
export type * from './native-core.ts'
export type * from './native-other-memory.ts'
export type * from './native-programs.ts'
export type * from './native-toolchain.ts'
export { includeFolder } from './include-folder.ts'
