// What goes between the event loop and the thread of the compiler.
import type { Blocked, CompileOptions, Compiled } from '../compile-function.ts'
import type { TravellingCaptures } from './travelling-captures.ts'

export interface Request {
  readonly id: number
  readonly source: string
  readonly options: Omit<CompileOptions, 'captures'>
  readonly captures: TravellingCaptures
}

/** Name of the body in its C text. */
export const BODY_SYMBOL = 'body'

/** What of a compilation can leave its thread. `c`: a whole library in C; null where it is not worth it: no loops, no columns. */
export type ThreadCompiled = Pick<Compiled, 'ok' | 'program' | 'signature' | 'loops' | 'columns'> & {
  readonly c: string | null
}
export type ThreadCompilation = ThreadCompiled | Blocked

export interface Answer {
  readonly id: number
  readonly compilation: ThreadCompilation
}
