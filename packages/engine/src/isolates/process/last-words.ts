// What a child process says as it exits: whose code made it. There is no time for a message, which may wait behind others
// for the parent to read them: it goes through a pipe of its own, into which nothing else is written.
import { writeSync } from 'node:fs'

/** Descriptor of that pipe in a child: its place after the standard three and the channel. It closes with the parent. */
export const LIFELINE = 4

export interface LastWords {
  /** Number of the attempt whose code called `process.exit`, or threw what nobody caught. */
  readonly serial: number
  readonly taskId: string
  readonly name: string
}

/** Called in the child while it exits. */
export function writeLastWords(words: LastWords): void {
  try {
    writeSync(LIFELINE, JSON.stringify(words))
  } catch {
    // nobody reads any more
  }
}

/** What came, or undefined when that is nothing of ours: a task may have written there. */
export function readLastWords(text: string): LastWords | undefined {
  if (text === '') return undefined
  let words: unknown
  try {
    words = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof words !== 'object' || words === null) return undefined
  const { serial, taskId, name } = words as Record<string, unknown>
  if (typeof serial !== 'number' || typeof taskId !== 'string' || typeof name !== 'string') return undefined
  return { serial, taskId, name }
}
