import type { Subject } from '../oracle.ts'
import { openInterpreter } from './interpreted.ts'

/** What a tier's programs run in. */
export function openSubject(tier: 1 | 2): Subject {
  if (tier === 2) throw new Error('tier 2 is not there yet')
  return openInterpreter()
}
