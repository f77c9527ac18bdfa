// Why a function stays JavaScript: one table of codes and messages. `{0}`, `{1}` … are filled in.
import type { Position } from '../ir/ir.ts'

export const blockerTable = {
  CZ1001: 'the text of the function cannot be read: {0}',
  CZ1002: '{0} cannot be compiled',
  CZ1003: "'{0}' is not available in compiled tasks",
  CZ1004: "'{0}' comes from outside of the function, and its value is not known: name it in `captures`",
  CZ1005:
    "'{0}' is captured and is {1}: numbers, strings, booleans, functions and frozen objects of these are compiled in",
  CZ1006: '{0} is not compiled',
  CZ1007: "'{0}' of {1} is not compiled",
  CZ1008: "'{0}' holds {1}: a variable keeps one type",
  CZ1009: "'{0}' is {1}, which compiled tasks do not take",
  CZ1010: "'{0}' of {1} is not compiled",
  CZ1011: '{0} is not compiled with {1}',
  CZ1012: "'{0}' may be read before it has a value",
  CZ1013: "'{0}' is a function that is used as a value: in compiled tasks functions are only called",
  CZ1014: "'{0}' is used by a function inside and changes: such functions see only what stays as it is",
  CZ1015: "'{0}' may not be assigned to",
  CZ1016: 'the function returns {0}: a compiled one returns one type',
  CZ1017: 'objects are values in compiled tasks: {0}',
  CZ1018: '{0} as a parameter is not compiled',
  CZ1019: 'the function is too large to compile: {0}',
  CZ1020: 'the code counts its own coverage: compile it without',
  CZ1099: 'the compiler failed: {0}',
} as const

export type BlockerCode = keyof typeof blockerTable

export interface Blocker {
  readonly code: BlockerCode
  readonly message: string
  /** Both counted from 1. */
  readonly line: number
  readonly column: number
}

/** Ends the compilation of what is looked at. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly blocker: Blocker

  constructor(code: BlockerCode, at: Position, ...words: readonly string[]) {
    const message = blockerTable[code].replaceAll(/\{(\d)\}/g, (_, index: string) => shortened(words[Number(index)]))
    super(message)
    this.blocker = { code, message, line: at.line, column: at.column }
  }
}

/** As people read it: `CZ1003: 'fetch' is not available in compiled tasks (line 4, column 9)`. */
export function describeBlocker({ code, message, line, column }: Blocker): string {
  return `${code}: ${message} (line ${line}, column ${column})`
}

/** Names and texts come from the source, of whatever length. */
function shortened(word = ''): string {
  return word.length > 80 ? `${word.slice(0, 77)}...` : word
}
