// Who needs the memory among the arguments of a task, and therefore how often it is copied: the caller, who has it already and
// may change it; the engine, as long as the task may have to run once more; and the body, which may change what it gets.
import type { ResolvedTaskOptions } from '../contract/resolved-task-options.ts'
import type { MemoryTerms } from '../support/payload-copy.ts'

type Asked = Pick<ResolvedTaskOptions, 'lane' | 'transfer' | 'maxRetries' | 'keepResultMs'>

/** What becomes of it at submission. */
export function memoryTerms(options: Asked): MemoryTerms {
  const { lane, transfer } = options
  if (lane !== 'thread' && lane !== 'process') return 'copied'
  if (transfer) return 'taken'
  if (lane === 'process') return 'copied'
  return isLastUse(options, 1) ? 'copied' : 'shared'
}

/** Whether nobody needs it after this attempt, which may then have the memory itself: no retry, and none by hand either. */
export function isLastUse({ transfer, maxRetries, keepResultMs }: Asked, attempt: number): boolean {
  return attempt > maxRetries && (transfer || keepResultMs === 0)
}
