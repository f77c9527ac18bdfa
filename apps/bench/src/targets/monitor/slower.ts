// How much slower one was than another within the same rounds, in per cent.
import { ratios, spread } from '../../measure.ts'
import { formatFigure } from '../../section.ts'

export interface Slower {
  readonly median: number
  /** As tables have it. */
  readonly told: string
  /** The middle half of the rounds, as tables have it: what the machine adds. */
  readonly half: string
}

export function slowerBy(one: readonly number[], other: readonly number[]): Slower {
  const { median, from, to } = spread(ratios(one, other).map((ratio) => (ratio - 1) * 100))
  return { median, told: `${formatFigure(median)} %`, half: `${formatFigure(from)} – ${formatFigure(to)} %` }
}
