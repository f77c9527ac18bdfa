// An error as plain data. Errors refer to each other by number, so that circles close and who is who stays.

/** All errors that can be reached from the first one, which is what was thrown. */
export interface PackedError {
  readonly errors: readonly PackedNode[]
}

export interface PackedNode {
  /** Nearest class that exists everywhere: `TypeError`, `DOMException`, `NonRetryableError`, … */
  readonly base: string
  /** The class itself, by its name. */
  readonly class: string
  readonly name: string
  readonly message: string
  /** As it was where it was thrown. */
  readonly stack?: string
  /** `cause`, `errors` and own fields. */
  readonly fields: readonly (readonly [key: string, value: PackedValue, enumerable: boolean])[]
}

/** The number of an error; a list with errors in it; any other value, copied. */
export type PackedValue =
  | { readonly error: number }
  | { readonly list: readonly PackedElement[] }
  | { readonly value: unknown }

export type PackedElement = { readonly error: number } | { readonly value: unknown }

/** Errors of one throw that are kept: causes of causes, and those of an AggregateError. */
export const MAX_ERRORS = 100

/** Own fields of one error, and elements of a list with errors, that are kept. */
export const MAX_FIELDS = 1000

/** Characters of a message that are kept. */
const MAX_TEXT = 65_536

/** Characters of a stack, which begins with the message. */
export const MAX_STACK: number = 2 * MAX_TEXT

/** The most that `cut` gives: with the note. */
export const MAX_CUT: number = MAX_STACK + 100

/** Bytes, about, of a field that is kept. */
export const MAX_FIELD_BYTES = 1_048_576

/** Text that is not too long, or its beginning and a note. */
export function cut(text: string, limit: number = MAX_TEXT): string {
  if (text.length <= limit) return text
  return `${text.slice(0, limit)}... (${text.length - limit} more characters were left out)`
}
