// Interleaved measuring: contenders take turns, round after round, so that whatever else the machine does meets all of
// them alike. What counts are the ratios within a round, and their median; absolute figures are for orientation.

/** Something to be measured; `run` gives one sample. */
export interface Contender<S> {
  readonly name: string
  run(round: number): Promise<S>
}

export interface Rounds {
  readonly rounds: number
  /** Rounds run first, whose samples are dropped. */
  readonly warmUps: number
  /** No round begins after so long, once there are `LEAST_ROUNDS`. 8,000 by default. */
  readonly budgetMs?: number
  /** Called before each sample, such as to collect the garbage of the contender before. */
  readonly before?: () => void | Promise<void>
}

/** Fewer rounds say too little, whatever the time. */
export const LEAST_ROUNDS = 3
const BUDGET_MS = 8_000

/** Median, least and greatest of some samples. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/**
 * Samples of each contender by name, one per round: as many rounds as asked for, or as fit into the time. Every second round goes backwards, so that nobody always runs
 * behind the same neighbour.
 */
export async function interleave<S>(
  contenders: readonly Contender<S>[],
  { rounds, warmUps, budgetMs = BUDGET_MS, before }: Rounds,
): Promise<Map<string, S[]>> {
  const samples = new Map<string, S[]>(contenders.map(({ name }) => [name, []]))
  const endsAt = performance.now() + budgetMs
  for (let round = 0; round < warmUps + rounds; round++) {
    if (round >= warmUps + LEAST_ROUNDS && performance.now() > endsAt) break
    const order = round % 2 === 0 ? contenders : contenders.toReversed()
    for (const contender of order) {
      await before?.()
      const sample = await contender.run(round)
      if (round >= warmUps) samples.get(contender.name)?.push(sample)
    }
  }
  return samples
}

/** A contender whose sample is the time one unit took: `work` does some and says how many. Unit of time as `now` has. */
export function timed(name: string, work: () => Promise<number>, now: () => number): Contender<number> {
  return {
    name,
    async run() {
      const startedAt = now()
      const units = await work()
      return (now() - startedAt) / units
    },
  }
}

/** @throws RangeError without samples */
export function summarise(samples: readonly number[]): Summary {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) }
}

/** Median of some samples, and where the middle half of them lies: noise that comes and goes moves neither by much. */
export interface Spread {
  readonly median: number
  readonly from: number
  readonly to: number
}

/** @throws RangeError without samples */
export function spread(samples: readonly number[]): Spread {
  return { median: median(samples), from: percentile(samples, 0.25), to: percentile(samples, 0.75) }
}

/** Median over the rounds of `a / b`, each within its round. @throws RangeError when the rounds differ in number */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(ratios(a, b))
}

/** `a / b`, round by round. @throws RangeError when the rounds differ in number */
export function ratios(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length)
    throw new RangeError(`ratios need as many samples of both, got ${a.length} and ${b.length}`)
  return a.map((sample, round) => sample / (b[round] ?? Number.NaN))
}

/** The middle sample, or the mean of the two in the middle. @throws RangeError without samples */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle]
  if (upper === undefined || lower === undefined) throw new RangeError('a median needs at least one sample')
  return (lower + upper) / 2
}

/** The sample that the share `rank` (0..1) of all samples does not exceed. @throws RangeError without samples */
export function percentile(samples: ArrayLike<number>, rank: number): number {
  const sorted = Float64Array.from(samples).toSorted()
  const found = sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)]
  if (found === undefined) throw new RangeError('a percentile needs at least one sample')
  return found
}

export type ClockName = 'wall' | 'cpu'

/** Sources of time, in nanoseconds: of the world, and of all threads of this process at work, whoever else is. */
export const clocks: Readonly<Record<ClockName, () => number>> = {
  wall: () => performance.now() * 1e6,
  cpu() {
    const { user, system } = process.cpuUsage()
    return (user + system) * 1e3
  },
}

/** Milliseconds that the work took. */
export async function msOf(work: () => Promise<void>): Promise<number> {
  const begunAt = performance.now()
  await work()
  return performance.now() - begunAt
}
