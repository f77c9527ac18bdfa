// Targets with a floor to reach and a goal beyond it.
import { formatFigure } from '../../section.ts'
import type { Verdict } from '../../section.ts'

export interface Goal {
  readonly what: string
  readonly measured: number
  readonly unit: string
  readonly floor: number
  readonly goal: number
  /** What stands in brackets behind the figure. */
  readonly aside?: string
}

/** Met at the floor or above. */
export function atLeast({ what, measured, unit, floor, goal, aside }: Goal): Verdict {
  return {
    target: `${what}: ≥ ${formatBound(floor)} ${unit}`,
    measured: textOf(measured, unit, aside),
    met: measured >= floor,
    goal: { what: `≥ ${formatBound(goal)}`, met: measured >= goal },
  }
}

/** Met at the floor or below. */
export function atMost({ what, measured, unit, floor, goal, aside }: Goal): Verdict {
  return {
    target: `${what}: ≤ ${formatBound(floor)} ${unit}`,
    measured: textOf(measured, unit, aside),
    met: measured <= floor,
    goal: { what: `≤ ${formatBound(goal)}`, met: measured <= goal },
  }
}

function textOf(measured: number, unit: string, aside: string | undefined): string {
  return `${formatFigure(measured)} ${unit}${aside === undefined ? '' : ` (${aside})`}`
}

function formatBound(bound: number): string {
  return bound.toLocaleString('en-US')
}
