// What there is to say of a step in a few words, and the sign of its state.
import type { StepLine } from '../server/workflow-answers.ts'
import { count, duration } from '../wording.ts'

/** States are told apart by sign and by word; the colour comes on top. */
const signs: Readonly<Record<string, string>> = {
  waiting: '○',
  ready: '◔',
  running: '▶',
  completed: '✓',
  failed: '✕',
  cancelled: '⊘',
  skipped: '⤼',
  blocked: '⊟',
  compensated: '↺',
}

const kinds: Readonly<Record<string, string>> = {
  task: 'a task',
  map: 'a task for each element of a list',
  loop: 'a task on its own result, again and again',
  compute: 'a computation between steps',
  choice: 'a choice of a branch',
  merge: 'the end of two branches',
  all: 'all results',
  settled: 'how each of several ended',
  race: 'the first of several',
}

export function signOf(status: string): string {
  return signs[status] ?? '·'
}

export function kindOf(kind: string): string {
  return kinds[kind] ?? kind
}

/** The task of a step that has one: its tasks can be looked for by that name. */
export function taskOf({ kind, label }: StepLine): string | undefined {
  return ['task', 'map', 'loop'].includes(kind) ? label : undefined
}

/** Milliseconds; of a step that runs up to `now`, of the clock of the server. */
export function stepDuration({ status, startedAt, durationMs }: StepLine, now: number): number | null {
  return status === 'running' && startedAt !== null ? Math.max(0, now - startedAt) : durationMs
}

/** `3 of 8`, `round 2`, and how long it took. */
export function progressOf(step: StepLine, now: number): string {
  const { status } = step
  const took = status === 'waiting' || status === 'ready' ? null : stepDuration(step, now)
  return [listOf(step), took === null ? '' : duration(took)].filter((part) => part !== '').join(' · ')
}

/** How far its list, or in which round it is; empty for steps without. */
export function listOf({ items, rounds }: StepLine): string {
  const parts = [
    items === null ? '' : `${count(items.completed + items.failed)} of ${count(items.total)}`,
    items !== null && items.failed > 0 ? `${count(items.failed)} failed` : '',
    rounds !== null && rounds > 0 ? `round ${rounds}` : '',
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** 0..1 of a list that is under way. */
export function itemsRatio({ items }: StepLine): number | undefined {
  if (items === null || items.total === 0) return undefined
  return (items.completed + items.failed) / items.total
}
