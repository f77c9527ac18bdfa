// Why a function stays JavaScript, and what to do instead: one table of codes. `{0}`, `{1}` … of messages are filled in.
import type { Position } from '../ir/ir.ts'
import { remedyFor } from './remedies.ts'

export const blockerTable = {
  CZ1001: {
    message: 'the text of the function cannot be read: {0}',
    remedy: 'mend its syntax, or write it as a plain function or an arrow function',
  },
  CZ1002: {
    message: '{0} cannot be compiled',
    remedy: 'make what computes in it a plain function of its own, and call that as a task',
  },
  CZ1003: {
    message: "'{0}' is not available in compiled tasks",
    remedy: 'call it before, and hand in what it gives as an argument; or leave it to a task in JavaScript',
  },
  CZ1004: {
    message: "'{0}' comes from outside of the function, and its value is not known",
    remedy: 'name it in `captures` of the task, or hand it in as an argument',
  },
  CZ1005: {
    message:
      "'{0}' is captured and is {1}: numbers, strings, booleans, functions and frozen objects of these are compiled in",
    remedy: 'freeze it, capture only what is used of it, or hand it in as an argument',
  },
  CZ1006: {
    message: '{0} is not compiled',
    remedy: 'write it with what the list of constructs has as compiled, or leave this part to a task in JavaScript',
  },
  CZ1007: {
    message: "'{0}' of {1} is not compiled",
    remedy: 'make both one type first, by `Number(…)` or `String(…)`, or name the field or element that is meant',
  },
  CZ1008: {
    message: "'{0}' holds {1}: a variable keeps one type",
    remedy: 'give each type a variable of its own',
  },
  CZ1009: {
    message: "'{0}' is {1}, which compiled tasks do not take",
    remedy: 'hand in the number or the text that is needed of it, such as `date.getTime()`',
  },
  CZ1010: {
    message: "'{0}' of {1} is not compiled",
    remedy: 'write it as a loop, or with those of the list of constructs; or compute it before, and hand it in',
  },
  CZ1011: {
    message: '{0} is not compiled with {1}',
    remedy: 'keep to the conditions that the list of constructs names for it, such as elements of one type',
  },
  CZ1012: {
    message: "'{0}' may be read before it has a value",
    remedy: 'declare it before its first use, and give it a value there',
  },
  CZ1013: {
    message: "'{0}' is a function that is used as a value: in compiled tasks functions are only called",
    remedy: 'call it by its name, and choose between functions by `if`',
  },
  CZ1014: {
    message: "'{0}' is used by a function inside and changes: such functions see only what stays as it is",
    remedy: 'hand it to that function as an argument, and return what becomes of it',
  },
  CZ1015: {
    message: "'{0}' may not be assigned to",
    remedy: 'declare it by `let`, or keep the new value under another name',
  },
  CZ1016: {
    message: 'the function returns {0}: a compiled one returns one type',
    remedy: 'return one type everywhere, or beside it undefined or null',
  },
  CZ1017: {
    message: 'objects are values in compiled tasks: {0}',
    remedy: 'make a new object, which names each of its fields',
  },
  CZ1018: {
    message: '{0} as a parameter is not compiled',
    remedy: 'take one array instead, or name each parameter',
  },
  CZ1019: {
    message: 'the function is too large to compile: {0}',
    remedy: 'take it apart into smaller functions, and make those that compute tasks of their own',
  },
  CZ1020: {
    message: 'the code counts its own coverage: compile it without',
    remedy: 'leave its file out of what the coverage tool looks at',
  },
  CZ1099: {
    message: 'the compiler failed: {0}',
    remedy: 'report the function, please; it runs as JavaScript meanwhile',
  },
} as const

export type BlockerCode = keyof typeof blockerTable

export interface Blocker {
  readonly code: BlockerCode
  readonly message: string
  /** What to do instead. */
  readonly remedy: string
  /** Both counted from 1. */
  readonly line: number
  readonly column: number
}

/** Ends the compilation of what is looked at. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly blocker: Blocker

  constructor(code: BlockerCode, at: Position, ...words: readonly string[]) {
    const { message: pattern, remedy } = blockerTable[code]
    const message = pattern.replaceAll(/\{(\d)\}/g, (_, index: string) => shortened(words[Number(index)]))
    super(message)
    this.blocker = { code, message, remedy: remedyFor(code, words[0]) ?? remedy, line: at.line, column: at.column }
  }
}

/** As people read it: `CZ1003: 'fetch' is not available in compiled tasks (line 4, column 9)`. */
export function describeBlocker({ code, message, line, column }: Blocker): string {
  return `${code}: ${message} (line ${line}, column ${column})`
}

/** The same, and what to do instead. */
export function adviseOn(blocker: Blocker): string {
  return `${describeBlocker(blocker)}; ${blocker.remedy}`
}

/** Names and texts come from the source, of whatever length. */
function shortened(word = ''): string {
  return word.length > 80 ? `${word.slice(0, 77)}...` : word
}
