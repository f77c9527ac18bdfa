// What the fuzzer compares with V8, by its tier.
import type { Subject } from '../oracle.ts'
import { openInterpreter } from './interpreted.ts'
import { openNative } from './native.ts'

/** What a tier's programs run in. */
export function openSubject(tier: 1 | 2): Subject {
  return tier === 2 ? openNative() : openInterpreter()
}
