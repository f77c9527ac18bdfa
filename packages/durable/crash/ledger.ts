// The ledger of a crash run, read: what was promised, what happened, and whether the one fits the other.
import { judgeOrder } from './order.ts'

export interface CrashCounts {
  readonly rounds: number
  readonly accepted: number
  readonly settled: number
  /** Tasks that were begun again by a later process. */
  readonly rerun: number
  readonly deadLetters: number
  /** Tasks that a later process found waiting, and began in their order. */
  readonly inOrder: number
}

interface TaskStory {
  accepted: boolean
  settledIn: number[]
  /** Processes and attempts in which it was begun. */
  starts: { readonly round: number; readonly attempt: number }[]
  found: string | null
  recovered: boolean
  dead: boolean
}

/** @returns what is wrong, in words; none: everything that was accepted has ended once, or was begun again and says so */
export function judge(lines: readonly string[]): { readonly problems: string[]; readonly counts: CrashCounts } {
  const stories = new Map<string, TaskStory>()
  const problems: string[] = []
  let round = 0
  let finished = false
  for (const line of lines) {
    const [word = '', id = '', more = '', last = ''] = line.split(' ')
    if (word === 'began') round++
    else if (word === 'finished') finished = true
    else if (word === 'threw') problems.push(`a submission threw ${id}`)
    else tell(storyOf(stories, id), word, round, more, last)
  }
  if (!finished) problems.push('the last process did not finish')
  for (const [id, story] of stories) problems.push(...problemsOf(id, story))
  const order = judgeOrder(lines)
  problems.push(...order.problems)
  const all = [...stories.values()]
  const counts = {
    rounds: round,
    accepted: all.filter(({ accepted }) => accepted).length,
    settled: all.filter(({ found }) => found !== null).length,
    rerun: all.filter(({ starts }) => new Set(starts.map((each) => each.round)).size > 1).length,
    deadLetters: all.filter(({ dead }) => dead).length,
    inOrder: order.inOrder,
  }
  return { problems, counts }
}

function storyOf(stories: Map<string, TaskStory>, id: string): TaskStory {
  const found = stories.get(id)
  if (found !== undefined) return found
  const made: TaskStory = { accepted: false, settledIn: [], starts: [], found: null, recovered: false, dead: false }
  stories.set(id, made)
  return made
}

function tell(story: TaskStory, word: string, round: number, more: string, last: string): void {
  if (word === 'accepted') story.accepted = true
  if (word === 'settled') story.settledIn.push(round)
  if (word === 'start') story.starts.push({ round, attempt: Number(more) })
  if (word === 'dead') story.dead = true
  if (word === 'found') {
    story.found = more
    story.recovered = last === '1'
  }
}

function problemsOf(id: string, { accepted, settledIn, starts, found, recovered, dead }: TaskStory): string[] {
  const problems: string[] = []
  if (accepted && !dead && found !== 'completed') {
    problems.push(`${id} was accepted and is lost: it is ${found ?? 'nowhere'}`)
  }
  if (settledIn.length > 1) problems.push(`${id} settled ${settledIn.length} times`)
  const [told] = settledIn
  if (told !== undefined && starts.some(({ round }) => round > told)) {
    problems.push(`${id} was begun again after its end had been told`)
  }
  const later = starts.filter(({ round }) => round > (starts[0]?.round ?? 0))
  // begun twice: then its record says so, unless the first process had ended the attempt and was to begin another one
  for (const [index, { attempt }] of starts.entries()) {
    const before = starts[index - 1]
    if (before !== undefined && attempt <= before.attempt) {
      problems.push(`${id} was begun as attempt ${attempt} after attempt ${before.attempt}`)
    }
  }
  if (later.length > 0 && accepted && !dead && !recovered && !retriesExplain(starts)) {
    problems.push(`${id} was begun again in a later process and is not marked as recovered`)
  }
  return problems
}

/** Only the first attempt of a task may throw: a second one in a later process may be that retry. */
function retriesExplain(starts: TaskStory['starts']): boolean {
  return starts.length === 2 && starts[1]?.attempt === 2
}
