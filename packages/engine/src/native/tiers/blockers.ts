// What keeps bodies from being compiled: in words, and where no compiler is needed to see it.
import type { CompileBlocker } from '../../contract/body-compiler.ts'
import type { TaskHandler } from '../../contract/task.ts'
import { whyWrapped } from '../../isolates/code/wrapped-body.ts'

export function blockedBy(blockers: readonly CompileBlocker[]): string {
  const [first] = blockers
  if (first === undefined) return 'it cannot be compiled'
  const others = blockers.length === 1 ? '' : `, and ${blockers.length - 1} more`
  return `${first.code}: ${first.message} (line ${first.line}, column ${first.column}; instead: ${first.remedy})${others}`
}

const own = 'make what computes in it a plain function of its own, and call that as a task'
const plain = 'nothing, where it waits; what computes in it can be a plain function, as a task of its own'
const forms: Readonly<Record<string, readonly [words: string, remedy: string]>> = {
  AsyncFunction: ['an async function', plain],
  AsyncGeneratorFunction: ['an async function', plain],
  GeneratorFunction: ['a generator', 'a plain function that returns an array of what it would yield'],
}

/**
 * Why a body of this form is never compiled, in the words of the compiler, which need not be loaded for it: most bodies of an
 * application may be asynchronous. One that was put into another function is told of as such, since its text is not the user's.
 */
export function blockerOfForm(handler: TaskHandler): CompileBlocker | null {
  const why = whyWrapped(handler)
  const form = forms[Object.prototype.toString.call(handler).slice('[object '.length, -1)]
  const [words, remedy] = why === undefined ? (form ?? []) : [`a body that ${why}`, own]
  if (words === undefined || remedy === undefined) return null
  return { code: 'CZ1002', message: `${words} cannot be compiled`, remedy, line: 1, column: 1 }
}
