// Types that arguments can be told apart by when they come; a body is built ahead for these only.
import { isViewName } from '../ir/views.ts'
import type { ArgumentType } from '../prebuilt/manifest.ts'
import type { TypeHint } from '../types/hints.ts'

/** Undefined, with the first that is none, when not all of them are. */
export function argumentTypesOf(
  hints: readonly TypeHint[],
): { readonly types: readonly ArgumentType[] } | { readonly unknown: string; readonly at: number } {
  const at = hints.findIndex((hint) => !isArgumentType(hint))
  return at < 0 ? { types: hints } : { at, unknown: describe(hints[at]) }
}

function isArgumentType(hint: TypeHint): hint is ArgumentType {
  if (typeof hint === 'object') return Object.values(hint.record).every(isArgumentType)
  return hint === 'number' || hint === 'string' || hint === 'boolean' || isViewName(hint)
}

function describe(hint: TypeHint | undefined): string {
  return typeof hint === 'string' ? hint : JSON.stringify(hint)
}
