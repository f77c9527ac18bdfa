// A run: one scenario after the other, each result told and kept as soon as it is there. What breaks is reported, and the
// rest goes on.
import type { Asked } from './command-line.ts'
import type { Plan } from './catalog.ts'
import { runJob } from './child.ts'
import { compare } from './comparison/compare.ts'
import type { Pace } from './comparison/compare.ts'
import type { ComparisonResult } from './comparison/result.ts'
import { takeSample } from './comparison/sample.ts'
import { spinsPerMs } from './contenders/bodies.ts'
import { describeMachine, loadNow } from './machine.ts'
import { keepResults } from './report/kept.ts'
import type { Report } from './report/report.ts'
import { textOfComparison, textOfSection } from './report/text.ts'
import { tellProgress } from './section.ts'
import type { SectionResult } from './section.ts'

const fullPace: Pace = { rounds: 5, least: 3, budgetMs: 30_000 }
const quickPace: Pace = { rounds: 1, least: 1, budgetMs: 0 }

/** @param show is given each result as text */
export async function run(plan: Plan, asked: Asked, show: (text: string) => void): Promise<Report> {
  const running = new Running(plan, asked)
  for (const scenario of plan.comparisons) {
    const pace = asked.quick ? quickPace : fullPace
    const sampled = { scenario: scenario.name, quick: asked.quick, spinsPerMs: running.spinsPerMs }
    const result = await compare({
      scenario,
      contenders: plan.contenders,
      pace,
      sample: (contender) => takeSample({ ...sampled, contender }),
      tell: tellProgress,
      now: () => performance.now(),
    })
    show(textOfComparison(result))
    running.compared(scenario.name, result)
  }
  for (const name of plan.targets) {
    tellProgress(`targets: ${name}`)
    const result = await measureSection(name, asked)
    show(textOfSection(result))
    running.measured(name, result)
  }
  return running.end()
}

/** A section that breaks is a section that failed, and says why. */
async function measureSection(name: string, { quick, clock }: Asked): Promise<SectionResult> {
  try {
    return await runJob<SectionResult>(name, { quick, clock })
  } catch (error) {
    return { title: name, tables: [], verdicts: [], failed: error instanceof Error ? error.message : String(error) }
  }
}

/** What there is of the report so far, kept on disk all the while. */
class Running {
  readonly spinsPerMs: number
  #report: Report
  #since: number
  #left: number

  constructor({ comparisons, targets, full }: Plan, { quick, clock }: Asked) {
    this.#report = {
      machine: describeMachine(new Date()),
      quick,
      clock,
      full,
      complete: false,
      comparisons: [],
      sections: [],
      tookSeconds: {},
    }
    this.#left = comparisons.length + targets.length
    this.spinsPerMs = spinsPerMs()
    this.#since = performance.now()
  }

  compared(name: string, result: ComparisonResult): void {
    this.#keep(name, { comparisons: [...this.#report.comparisons, result] })
  }

  measured(name: string, result: SectionResult): void {
    this.#keep(name, { sections: [...this.#report.sections, result] })
  }

  end(): Report {
    this.#report = { ...this.#report, complete: true, loadAtEnd: loadNow() }
    keepResults(this.#report)
    return this.#report
  }

  #keep(name: string, more: Partial<Report>): void {
    const now = performance.now()
    const seconds = Math.round((now - this.#since) / 100) / 10
    this.#since = now
    this.#left--
    this.#report = { ...this.#report, ...more, tookSeconds: { ...this.#report.tookSeconds, [name]: seconds } }
    keepResults(this.#report)
    tellProgress(`${name} took ${seconds} s; ${this.#left} to go`)
  }
}
