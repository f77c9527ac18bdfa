// The same for all tasks that a filter means: asked about first, then done part by part, with a word of how far it is.
import { propose } from '../parts/confirmation.tsx'
import type { PartDone } from '../server/answers.ts'
import { tell } from '../server/request.ts'
import { count, several } from '../wording.ts'
import { filterBody, filterWords } from './filter.ts'
import type { Filter } from './filter.ts'

const words = {
  cancel: { title: 'Cancel all that match?', label: 'Cancel all', past: 'Cancelled' },
  retry: { title: 'Retry all that match?', label: 'Retry all', past: 'Retried' },
} as const

export function proposeForAll(action: 'cancel' | 'retry', filter: Filter, done: () => void): void {
  const { title, label, past } = words[action]
  propose({
    title,
    text: (
      <>
        <p>
          {action === 'cancel'
            ? 'Tasks that wait never start, and those that run have their signal aborted.'
            : 'Each failed, cancelled or expired task is submitted again, as a new task; those that were retried before are not.'}
        </p>
        <p class="quoted">{filterWords(filter)}</p>
      </>
    ),
    label,
    danger: action === 'cancel',
    async run(report) {
      const body = { filter: filterBody(filter), reason: 'asked for on the dashboard' }
      const sum = await allParts((cursor) => tell<PartDone>('POST', `/${action}`, { ...body, ...cursor }), report)
      done()
      const { skipped, notAllowed } = sum
      const rest = [
        skipped > 0 ? `${count(skipped)} had changed meanwhile, or were retried before` : '',
        notAllowed > 0 ? `${count(notAllowed)} were not allowed` : '',
      ].filter((part) => part !== '')
      return [`${past} ${several(sum.done, 'task')}`, ...rest].join('; ')
    },
  })
}

type Sum = Omit<PartDone, 'nextCursor'>

async function allParts(
  next: (cursor: { readonly cursor?: string }) => Promise<PartDone>,
  report: (sofar: string) => void,
): Promise<Sum> {
  let sum: Sum = { done: 0, notAllowed: 0, skipped: 0 }
  let cursor: string | null = null
  do {
    const part: PartDone = await next(cursor === null ? {} : { cursor })
    sum = {
      done: sum.done + part.done,
      notAllowed: sum.notAllowed + part.notAllowed,
      skipped: sum.skipped + part.skipped,
    }
    report(`${count(sum.done)} done…`)
    cursor = part.nextCursor
  } while (cursor !== null)
  return sum
}
