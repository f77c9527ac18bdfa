// The order of a crash run: what a process finds waiting begins class by class, each in the order of its acceptance.

interface Waiting {
  readonly id: string
  readonly priority: number
}

/** Of so many starts one may be that of a class that has waited too long, though others are above it. */
const GUARD_EVERY = 16

/**
 * What each process found waiting; tasks that were delayed, or had been begun before, come when they come due. Classes are
 * compared in the last process only: in the others new tasks come in above those that were left.
 * @returns what is wrong, in words, and how many tasks were looked at
 */
export function judgeOrder(lines: readonly string[]): { readonly problems: string[]; readonly inOrder: number } {
  const lives = lines.flatMap((line, index) => (line.startsWith('began ') ? [index] : []))
  const problems: string[] = []
  let inOrder = 0
  for (const [index, from] of lives.entries()) {
    const waiting = waitingAt(lines, from)
    const wanted = new Set(waiting.map(({ id }) => id))
    const begun = [...new Set(idsOf(lines.slice(from, lives[index + 1]), 'start'))].filter((id) => wanted.has(id))
    inOrder += begun.length
    problems.push(...insideOfClasses(waiting, begun))
    if (index === lives.length - 1) problems.push(...betweenClasses(waiting, begun))
  }
  return { problems, inOrder }
}

function waitingAt(lines: readonly string[], from: number): Waiting[] {
  const begunBefore = new Set(idsOf(lines.slice(0, from), 'start'))
  return lines.slice(0, from).flatMap((line) => {
    const [word, id = '', priority, kind] = line.split(' ')
    return word === 'accepted' && kind !== 'delayed' && !begunBefore.has(id) ? [{ id, priority: Number(priority) }] : []
  })
}

function idsOf(lines: readonly string[], wanted: string): string[] {
  return lines.map((line) => line.split(' ')).flatMap(([word, id = '']) => (word === wanted ? [id] : []))
}

function insideOfClasses(waiting: readonly Waiting[], begun: readonly string[]): string[] {
  const place = new Map(begun.map((id, index) => [id, index]))
  const latest = new Map<number, Waiting>()
  return waiting.flatMap((each) => {
    if (!place.has(each.id)) return []
    const before = latest.get(each.priority)
    latest.set(each.priority, each)
    const isLate = before !== undefined && (place.get(before.id) ?? 0) > (place.get(each.id) ?? 0)
    return isLate ? [`${each.id} was begun before ${before.id}, which was accepted before it in the same class`] : []
  })
}

function betweenClasses(waiting: readonly Waiting[], begun: readonly string[]): string[] {
  const classOf = new Map(waiting.map(({ id, priority }) => [id, priority]))
  const left = [0, 0, 0, 0].map((_, priority) => begun.filter((id) => classOf.get(id) === priority).length)
  let ahead = 0
  for (const id of begun) {
    const priority = classOf.get(id) ?? 0
    if (left.slice(0, priority).some((count) => count > 0)) ahead++
    left[priority] = (left[priority] ?? 0) - 1
  }
  const most = Math.ceil(begun.length / GUARD_EVERY) * 3
  return ahead > most ? [`${ahead} of ${begun.length} tasks were begun ahead of a class above theirs`] : []
}
