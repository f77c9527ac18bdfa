// A scenario over its contenders: round after round, each in a fresh process, in turns. Who breaks is reported, and the
// others go on without him.
import type { Contender } from '../contenders/contender.ts'
import type { Figures, Scenario } from '../scenarios/scenario.ts'
import { rankRows } from './result.ts'
import type { Absence, ComparisonResult, Entrant } from './result.ts'

export interface Pace {
  readonly rounds: number
  /** So many are made whatever the time. */
  readonly least: number
  /** No round begins after so long, once there are enough. */
  readonly budgetMs: number
}

export interface Comparing {
  readonly scenario: Scenario
  readonly contenders: readonly Contender[]
  readonly pace: Pace
  /** One sample of one contender. */
  readonly sample: (contender: string) => Promise<Figures>
  readonly tell: (line: string) => void
  /** Milliseconds. */
  readonly now: () => number
}

export async function compare(comparing: Comparing): Promise<ComparisonResult> {
  const { scenario, contenders } = comparing
  const field = new Field(contenders.filter(({ only }) => only === undefined || only.includes(scenario.name)))
  const rounds = await runRounds(comparing, field)
  const { name, title, about, axis, measures } = scenario
  return {
    scenario: name,
    title,
    about,
    ...(axis === undefined ? {} : { axis }),
    rounds,
    measures: measures.map((measure) => ({ ...measure, rows: rankRows(field.entrants(measure.id), measure.better) })),
    absent: field.absent,
  }
}

async function runRounds(comparing: Comparing, field: Field): Promise<number> {
  const { scenario, pace, tell, now } = comparing
  const startedAt = now()
  let round = 0
  for (; round < pace.rounds && field.present.length > 0; round++) {
    if (round >= pace.least && now() - startedAt > pace.budgetMs) break
    // every second round goes backwards, so that nobody always runs behind the same neighbour
    const order = round % 2 === 0 ? field.present : field.present.toReversed()
    for (const contender of order) {
      tell(`${scenario.name}, round ${round + 1} of ${pace.rounds}: ${contender.name}`)
      await takePart(comparing, field, contender)
    }
  }
  return round
}

async function takePart({ sample, tell }: Comparing, field: Field, { name }: Contender): Promise<void> {
  try {
    field.add(name, await sample(name))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    tell(`${name} breaks and is left out: ${reason}`)
    field.drop({ contender: name, reason, failed: true })
  }
}

/** Who takes part, and what has been measured of whom. */
class Field {
  present: readonly Contender[]
  readonly absent: Absence[] = []
  readonly #figures = new Map<string, Figures[]>()

  constructor(contenders: readonly Contender[]) {
    const missing = contenders.map((contender) => ({ contender, reason: contender.missing?.() }))
    this.present = missing.filter(({ reason }) => reason === undefined).map(({ contender }) => contender)
    for (const { contender, reason } of missing) {
      if (reason !== undefined) this.absent.push({ contender: contender.name, reason, failed: false })
    }
  }

  add(contender: string, figures: Figures): void {
    if (Object.keys(figures).length === 0) {
      this.drop({ contender, reason: 'has nothing of the kind', failed: false })
      return
    }
    this.#figures.set(contender, [...(this.#figures.get(contender) ?? []), figures])
  }

  drop(absence: Absence): void {
    this.absent.push(absence)
    this.present = this.present.filter(({ name }) => name !== absence.contender)
    this.#figures.delete(absence.contender)
  }

  /** Those who have this measure, with their samples. */
  entrants(measure: string): Entrant[] {
    return this.present.flatMap(({ name, group, where, about }) => {
      const samples = (this.#figures.get(name) ?? []).flatMap((figures) => figures[measure] ?? [])
      if (samples.length === 0) return []
      return [{ contender: name, group, where, ...(about === undefined ? {} : { about }), samples }]
    })
  }
}
