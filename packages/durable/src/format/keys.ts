// The keys of a store. Texts whose order is the order of the walk: kind, class, number; so a range is a queue.
import type { TaskPriority } from '@catzilla/engine'

/** What is kept of a task under a key of its class and number. */
export type TaskKind =
  /** An accepted task, or a segment of them under the key of its first one: name, options, arguments of each. */
  | 't'
  /** How it ended. */
  | 'e'
  /** Attempts it has used up; only of tasks that have been retried or recovered. */
  | 'a'
  /** A task that is not run again by itself: one of the dead letters. */
  | 'd'

/** Whose task it is: its class, and its number in the order of submission. */
export interface TaskPlace {
  readonly priority: TaskPriority
  readonly sequence: number
}

/** Digits of a number in base 36: enough for 2^53. */
const SEQUENCE_DIGITS = 11
/** Of each class, behind the kind. */
const beginnings = [':0:', ':1:', ':2:', ':3:'] as const

export const keys = {
  /** The format, the version, the name of the store. */
  meta: 'm',
  /** The process that has the directory. */
  owner: 'o',
  /** Numbers up to this one may have been given out. */
  numbered: 'q',
  task: (kind: TaskKind, { priority, sequence }: TaskPlace): string =>
    kind + beginnings[priority] + sequence.toString(36).padStart(SEQUENCE_DIGITS, '0'),
  /** Which tasks of a segment are gone. Right behind the segment, so that whoever reads the one has the other. */
  gone: (segment: string): string => `${segment}:`,
  /** Which task holds a unique key. @param digest see `uniqueDigest` */
  unique: (digest: string): string => `u:${digest}`,
  /** What others keep beside the tasks. */
  record: (key: string): string => `r:${key}`,
} as const

/** From the first key of a kind, or of one class of it, to the first one after it. */
export function rangeOf(kind: TaskKind, priority?: TaskPriority): { readonly from: string; readonly to: string } {
  return priority === undefined
    ? { from: `${kind}:`, to: `${kind};` }
    : { from: `${kind}:${priority}:`, to: `${kind}:${priority};` }
}

/** Whose task a key names; undefined for a key that is none of a task's. */
export function placeOf(key: string): TaskPlace | undefined {
  const found = /^[tead]:([0-3]):([0-9a-z]{11})$/.exec(key)
  if (found === null) return undefined
  return { priority: Number(found[1]) as TaskPriority, sequence: Number.parseInt(found[2] ?? '', 36) }
}

/** The number in the id of a task of the store with this prefix; undefined for other ids. */
export function sequenceOfId(taskId: string, prefix: string): number | undefined {
  const from = prefix.length + 1
  if (taskId[from - 1] !== '-' || !taskId.startsWith(prefix)) return undefined
  let sequence = 0
  for (let at = from; ; at++) {
    const code = taskId.charCodeAt(at)
    if (code === DASH) return at > from && Number.isSafeInteger(sequence) ? sequence : undefined
    const digit = digitOf(code)
    if (digit < 0) return undefined
    sequence = sequence * 36 + digit
  }
}

const DASH = 45

/** In base 36; -1 for what is no digit, the end of a text among it. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 122 ? code - 87 : -1
}
