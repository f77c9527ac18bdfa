// How arguments and results of a program travel, for an engine: null where they do as they are.
import { fitsArguments, flattenArguments, readResult, replayEffects } from './signature.ts'
import type { ParameterShape, Signature } from './signature.ts'

export interface HandingOver {
  /** Whether arguments of the right types are such as C takes; null: they are. */
  readonly fits: ((args: readonly unknown[]) => boolean) | null
  /** Records are taken apart. */
  readonly encode: ((args: readonly unknown[]) => readonly unknown[]) | null
  /** A record is put together. */
  readonly decode: ((given: unknown) => unknown) | null
  /** Does what the run has written to the console, once it counts. */
  readonly effects: ((given: unknown) => void) | null
  /** Two runs with the same arguments may differ: their results say nothing about each other. */
  readonly varies: boolean
}

/** @param given how many arguments there are; parameters beyond them are undefined */
export function handingOver(signature: Signature, given: number): HandingOver {
  const { params, result, logs, varies } = signature
  const plain = params.length === given && params.every(({ kind }) => isPlain(kind))
  return {
    fits: params.some(hasArray) ? (args) => fitsArguments(signature, args) : null,
    encode: plain ? null : (args) => flattenArguments(signature, args) ?? [],
    decode: isPlain(result.kind) && !logs ? null : (value) => readResult(signature, value),
    effects: logs ? (value) => replayEffects(signature, value) : null,
    varies,
  }
}

/** Whether an argument is an array, or an object with one: of the same type, it may yet be none that C takes. */
function hasArray(shape: ParameterShape): boolean {
  return shape.kind === 'list' || (shape.kind === 'record' && shape.fields.some(([, each]) => hasArray(each)))
}

/** What a program takes and gives as it is. */
function isPlain(kind: string): boolean {
  return kind === 'number' || kind === 'boolean' || kind === 'string' || kind === 'view'
}
