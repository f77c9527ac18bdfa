// One sample: a contender in a process of its own, asked one question.
import { runJob } from '../child.ts'
import { contenderNamed } from '../contenders/catalog.ts'
import { scenarioNamed } from '../scenarios/catalog.ts'
import type { Effort, Figures } from '../scenarios/scenario.ts'

export interface SampleInput {
  readonly scenario: string
  readonly contender: string
  readonly quick: boolean
  readonly spinsPerMs: number
}

/** Who takes longer has broken down: on a machine with far too much to do, hundreds of times what it takes. */
const LIMIT_MS = 10 * 60_000

export function takeSample(input: SampleInput): Promise<Figures> {
  return runJob<Figures>('sample', input, { limitMs: LIMIT_MS })
}

/** The job. @throws Error when the contender breaks, or gives a result that is wrong */
export async function measureSample({ scenario, contender, quick, spinsPerMs }: SampleInput): Promise<Figures> {
  const { open, window } = contenderNamed(contender)
  const effort: Effort = { quick, spinsPerMs, window: quick ? Math.ceil(window / 5) : window }
  const queue = await open()
  const figures = await scenarioNamed(scenario).run(queue, effort)
  await queue.close()
  return figures
}
