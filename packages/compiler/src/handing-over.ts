// How arguments and results of a program travel, for an engine: null where they do as they are.
import type { Signature } from './signature.ts'
import { flattenArguments, readResult } from './signature.ts'

export interface HandingOver {
  /** Records are taken apart. */
  readonly encode: ((args: readonly unknown[]) => readonly unknown[]) | null
  /** A record is put together. */
  readonly decode: ((given: unknown) => unknown) | null
}

/** @param given how many arguments there are; parameters beyond them are undefined */
export function handingOver(signature: Signature, given: number): HandingOver {
  const { params, result } = signature
  const plain = params.length === given && params.every(({ kind }) => isPlain(kind))
  return {
    encode: plain ? null : (args) => flattenArguments(signature, args) ?? [],
    decode: isPlain(result.kind) ? null : (value) => readResult(signature, value),
  }
}

function isPlain(kind: string): boolean {
  return kind === 'number' || kind === 'boolean' || kind === 'string' || kind === 'view'
}
