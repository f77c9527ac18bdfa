// Many programs, one after the other, against one subject; what was seen is counted.
import { generate, type Features } from './generator/generate.ts'
import { hostileProgram } from './hostile.ts'
import { judge, type Subject, type Verdict } from './oracle.ts'
import type { Program } from './program.ts'
import { Random } from './random.ts'
import type { Found } from './shrink.ts'
import { randomArguments } from './values.ts'

export interface Plan {
  readonly seed: number
  /** Programs from this one on, this many of them. */
  readonly first: number
  readonly count: number
  /** Programs prepared together. */
  readonly batch: number
  readonly inputs: number
  readonly features: Features
  /** Only programs with this in their text: what a mended bug may have touched. */
  readonly having?: string | null
  /** The texts are spoiled: nobody knows what they do, or whether they end. */
  readonly spoiled?: boolean
  /** Told before a batch is prepared and run: what a crash is to be blamed on. */
  readonly begins?: (first: number) => void
}

export interface Tally {
  programs: number
  /** Programs that were compiled and of which some call did not bail. */
  answered: number
  blocked: number
  calls: number
  equal: number
  threw: number
  bails: Record<string, number>
  blockers: Record<string, { count: number; example: string }>
  failures: (Found & { index: number })[]
}

export function emptyTally(): Tally {
  return { programs: 0, answered: 0, blocked: 0, calls: 0, equal: 0, threw: 0, bails: {}, blockers: {}, failures: [] }
}

/** Program `index` of a seed and what it is called with. */
export function programOf(
  plan: Pick<Plan, 'seed' | 'inputs' | 'features' | 'spoiled'>,
  index: number,
): { program: Program; inputs: unknown[][] } {
  const random = Random.of(plan.seed, index)
  const program = plan.spoiled ? hostileProgram(random) : generate(random, plan.features)
  return { program, inputs: Array.from({ length: plan.inputs }, () => randomArguments(random, program.types)) }
}

export function runSession(plan: Plan, subject: Subject, tally: Tally = emptyTally()): Tally {
  for (let first = plan.first; first < plan.first + plan.count; first += plan.batch) {
    const size = Math.min(plan.batch, plan.first + plan.count - first)
    plan.begins?.(first)
    const made = Array.from({ length: size }, (_, offset) => ({
      index: first + offset,
      ...programOf(plan, first + offset),
    })).filter(({ program }) => program.source.includes(plan.having ?? ''))
    const prepared = subject.prepare(made.map(({ program }) => program))
    for (const [place, { index, program, inputs }] of made.entries()) {
      const own = prepared[place]
      if (own === undefined) throw new Error(`${subject.name} prepared fewer programs than it was given`)
      note(tally, program, judge(program, own, inputs, plan.spoiled), inputs.length, index)
    }
  }
  return tally
}

function note(tally: Tally, program: Program, verdict: Verdict, calls: number, index: number): void {
  tally.programs += 1
  if (verdict.blockers.length > 0) {
    tally.blocked += 1
    for (const { code, message } of verdict.blockers) {
      tally.blockers[code] ??= { count: 0, example: `#${index}: ${message}` }
      tally.blockers[code].count += 1
    }
    return
  }
  tally.calls += calls
  tally.equal += verdict.equal
  tally.threw += verdict.threw
  if (verdict.equal > 0) tally.answered += 1
  for (const [reason, count] of Object.entries(verdict.bails)) tally.bails[reason] = (tally.bails[reason] ?? 0) + count
  if (verdict.failure !== undefined) tally.failures.push({ program, failure: verdict.failure, index })
}
