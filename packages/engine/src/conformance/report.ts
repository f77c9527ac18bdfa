// What the suite has and what of it applies to an engine: the list of cases and the line that sums them up.
import type { EngineCapabilities } from '../contract/capabilities.ts'
import { behaviours } from './behaviours.ts'
import { lacking } from './conformance-case.ts'

export interface CaseListing {
  readonly name: string
  /** The behaviour it belongs to, which is the name of its file. */
  readonly behaviour: string
  readonly needs: readonly (keyof EngineCapabilities)[]
}

/** Every case of the suite. */
export const conformanceCases: readonly CaseListing[] = behaviours.flatMap(({ behaviour, cases }) =>
  cases.map(({ name, needs = [], anyLane }) => ({
    name,
    behaviour,
    needs: anyLane ? needs : ['inlineLane', ...needs],
  })),
)

export interface ConformanceReport {
  readonly total: number
  readonly run: number
  readonly notApplicable: readonly { readonly case: string; readonly lacks: keyof EngineCapabilities }[]
  readonly skipped: readonly { readonly case: string; readonly reason: string }[]
  /** All of it in one line. */
  readonly text: string
}

/** How the suite meets an engine with these capabilities and skips. */
export function conformanceReport(
  name: string,
  capabilities: EngineCapabilities,
  skip: readonly { readonly case: string; readonly reason: string }[] = [],
): ConformanceReport {
  const cases = behaviours.flatMap((each) => each.cases)
  const notApplicable = cases.flatMap((each) => {
    const lacks = lacking(each, capabilities)
    return lacks === undefined ? [] : [{ case: each.name, lacks }]
  })
  const skipped = skip.filter((each) => !notApplicable.some((other) => other.case === each.case))
  const total = cases.length
  const run = total - notApplicable.length - skipped.length
  const text = `conformance ${name}: ${total} cases: ${run} run, ${notApplicable.length} not applicable, ${skipped.length} skipped`
  return { total, run, notApplicable, skipped, text }
}
