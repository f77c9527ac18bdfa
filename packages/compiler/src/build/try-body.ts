// A compiled body tried where it is built: C and V8 are given the same arguments, and must give the same.
import { isDeepStrictEqual } from 'node:util'
import { runInThisContext } from 'node:vm'
import type { NativeProgram, NativePrograms } from '@catzilla/core-c'
import { handingOver } from '../handing-over.ts'
import type { Compiled } from '../compile-function.ts'
import type { ArgumentType } from '../prebuilt/manifest.ts'
import { sampleArguments } from './samples.ts'
import { textOfBody } from './text-of-body.ts'

export interface Tried {
  /** Lists of arguments on which both gave the same. */
  readonly times: number
  /** The arguments on which they did not. */
  readonly differs: readonly unknown[] | undefined
}

/** Milliseconds for one call; in JavaScript a machine that is busy has time to give. */
const MOST_MS_IN_C = 100
const MOST_MS = 1000
/** So many calls may take longer: with arguments of no use to it, a loop may not end. */
const MOST_ENDLESS = 5

const handle = Symbol.for('@catzilla/body-that-is-tried')

/** What gives something else each time cannot be compared. */
export function canBeTried({ ir }: Compiled): boolean {
  return !/RANDOM|NOW/.test(ir)
}

export function tryBody(
  source: string,
  captures: Readonly<Record<string, unknown>>,
  { signature }: Compiled,
  types: readonly ArgumentType[],
  native: NativeProgram,
  { BAILED }: NativePrograms,
): Tried {
  const { encode, decode } = handingOver(signature, types.length)
  const body = runInThisContext(textOfBody(source, captures)) as (...args: unknown[]) => unknown
  let [times, endless] = [0, 0]
  for (const args of sampleArguments(types)) {
    if (endless === MOST_ENDLESS) break
    // each with arguments of its own: a body may write to arrays
    const given = native.call(encode === null ? structuredClone(args) : encode(structuredClone(args)), MOST_MS_IN_C)
    if (given === BAILED) {
      if (native.lastBail()?.reason === 'STOPPED') endless++
      continue
    }
    const ours = decode === null ? given : decode(given)
    const theirs = inJavaScript(body, structuredClone(args))
    if (theirs === 'too long') {
      endless++
      continue
    }
    if (theirs === 'threw' || !isSame(theirs.value, ours)) return { times, differs: args }
    times++
  }
  return { times, differs: undefined }
}

function inJavaScript(
  body: (...args: unknown[]) => unknown,
  args: readonly unknown[],
): { readonly value: unknown } | 'threw' | 'too long' {
  Object.defineProperty(globalThis, handle, { value: () => body(...args), configurable: true })
  try {
    return {
      value: runInThisContext(`globalThis[Symbol.for('${String(handle.description)}')]()`, { timeout: MOST_MS }),
    }
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'too long' : 'threw'
  } finally {
    Reflect.deleteProperty(globalThis, handle)
  }
}

/** To the bit, and with fields in the same order. */
function isSame(one: unknown, other: unknown): boolean {
  const keys = (value: unknown): string[] =>
    typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? Object.keys(value) : []
  return isDeepStrictEqual(one, other) && isDeepStrictEqual(keys(one), keys(other))
}
