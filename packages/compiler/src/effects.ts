// The log of a run: calls of `console`, in their order, as one text that the program gives beside its result. The head of
// `csrc/program/effects.c` says how values stand in it.

export const marks = {
  undefined: 'u',
  null: 'l',
  true: 't',
  false: 'f',
  /** The end of a call, by its method. */
  methods: { debug: 'D', error: 'E', info: 'I', log: 'L', warn: 'W' },
} as const

export type ConsoleMethod = keyof typeof marks.methods

export interface ConsoleCall {
  readonly method: ConsoleMethod
  readonly args: readonly unknown[]
}

/** The calls that a log tells of. */
export function readLog(log: string): ConsoleCall[] {
  const calls: ConsoleCall[] = []
  let args: unknown[] = []
  for (let at = 0; at < log.length;) {
    const unit = log.charAt(at++)
    const method = byMark.get(unit)
    if (method !== undefined) {
      calls.push({ method, args })
      args = []
    } else if (unit === 'n') {
      const end = log.indexOf(';', at)
      args.push(Number(log.slice(at, end)))
      at = end + 1
    } else if (unit === 's') {
      const begin = log.indexOf(':', at) + 1
      const end = begin + Number(log.slice(at, begin - 1))
      args.push(log.slice(begin, end))
      at = end
    } else args.push(simple.get(unit))
  }
  return calls
}

const byMark: ReadonlyMap<string, ConsoleMethod> = new Map(
  Object.entries(marks.methods).map(([method, mark]) => [mark, method as ConsoleMethod]),
)
const simple: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  [marks.undefined, undefined],
  [marks.null, null],
  [marks.true, true],
  [marks.false, false],
])
