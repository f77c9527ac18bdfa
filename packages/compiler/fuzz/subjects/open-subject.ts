import type { Subject } from '../oracle.ts'
import { v8 } from './planted.ts'

/** What a tier's programs run in. */
export function openSubject(_tier: 1 | 2): Subject {
  return v8
}
