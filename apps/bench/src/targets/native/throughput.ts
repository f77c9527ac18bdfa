// Kernel tasks per second in every way of handing them over and asking for their results.
import { collectYoungGarbage, runJob } from '../../child.ts'
import { clocks, interleave, median, ratio, summarise, timed } from '../../measure.ts'
import type { ClockName, Contender } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { nativeSection } from './core.ts'
import { atLeast } from './goals.ts'
import {
  bareCall,
  bareLater,
  barePort,
  bareThen,
  kernelContenders,
  kernelPatterns,
  nativeApi,
  sumOfWindow,
  twinApi,
} from './kernel-contenders.ts'
import type { KernelPattern, KernelSetup } from './kernel-contenders.ts'

interface Scenario {
  readonly pattern: KernelPattern
  readonly window: number
  /** Million tasks a second. */
  readonly floor: number
  readonly goal: number
}

interface Effort {
  readonly clock: ClockName
  readonly tasks: number
  readonly rounds: number
  readonly warmUps: number
}

const scenarios: readonly Scenario[] = [
  { pattern: 'forget', window: 10_000, floor: 5, goal: 20 },
  { pattern: 'forget', window: 100_000, floor: 5, goal: 20 },
  { pattern: 'batch', window: 10_000, floor: 4, goal: 12 },
  { pattern: 'group', window: 10_000, floor: 4, goal: 12 },
  { pattern: 'each', window: 10_000, floor: 1.5, goal: 3 },
  { pattern: 'mixed', window: 10_000, floor: 1, goal: 2 },
]
/** Promises alone: there is nothing to forget, and no group. */
const barePromises: readonly string[] = [bareThen, bareCall, bareLater]
const rivals = [twinApi, barePort, bareThen, bareCall, bareLater] as const

export const measureKernels: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Throughput of kernels on the native lane',
  async ({ quick, clock }) => {
    const effort: Effort = quick
      ? { clock, tasks: 10_000, rounds: 2, warmUps: 1 }
      : { clock, tasks: 200_000, rounds: 15, warmUps: 5 }
    const tables: Table[] = []
    const verdicts: Verdict[] = []
    const setups = new Map<string, KernelSetup>()
    for (const [name, setUp] of Object.entries(kernelContenders)) setups.set(name, await setUp())
    for (const scenario of scenarios) {
      tellProgress(`native:throughput: ${titleOf(scenario)}`)
      const entrants = [...setups].flatMap(([name, setup]) => contenderOf(name, setup, scenario, effort))
      const samples = await interleave(entrants, { ...effort, before: collectYoungGarbage })
      tables.push(tableOf(`One process: ${titleOf(scenario)}`, samples))
    }
    for (const setup of setups.values()) await setup.close()
    // a user's process has one engine: what others do to its call sites and promises is no part of what it does
    for (const scenario of scenarios) {
      tellProgress(`native:throughput: ${titleOf(scenario)}, a process each`)
      const samples = await measureAlone(scenario, { ...effort, rounds: quick ? 1 : 7 }, quick ? 1 : 3)
      tables.push(tableOf(`A process each: ${titleOf(scenario)}`, samples))
      verdicts.push(...judge(scenario, samples))
    }
    return { tables: annotate(tables), verdicts }
  },
)

/** The job of one contender in a process of its own: its median time per task, in nanoseconds. */
export async function measureKernelsAlone(input: Scenario & Effort & { readonly contender: string }): Promise<number> {
  const setup = await kernelContenders[input.contender]?.()
  if (setup === undefined) throw new Error(`there is no contender named ${input.contender}`)
  const samples = await interleave(contenderOf(input.contender, setup, input, input), {
    ...input,
    before: collectYoungGarbage,
  })
  await setup.close()
  return median(samples.get(input.contender) ?? [])
}

function namesFor(pattern: KernelPattern): string[] {
  const names = Object.keys(kernelContenders)
  if (pattern === 'mixed') return names.filter((name) => name !== barePort && name !== bareLater)
  return pattern === 'each' ? names : names.filter((name) => !barePromises.includes(name))
}

function measureAlone(scenario: Scenario, effort: Effort, rounds: number): Promise<Map<string, number[]>> {
  const names = namesFor(scenario.pattern)
  const entrants = names.map((name): Contender<number> => {
    return { name, run: () => runJob<number>('native-throughput-alone', { ...scenario, ...effort, contender: name }) }
  })
  return interleave(entrants, { rounds, warmUps: 0 })
}

/** Runs as many windows as make up `tasks`, and checks what they gave; none for a pattern that the contender has not. */
function contenderOf(
  name: string,
  { loops, completed }: KernelSetup,
  { pattern, window }: Scenario,
  { tasks, clock }: Effort,
): Contender<number>[] {
  const loop = loops[pattern]
  if (loop === undefined) return []
  const windowsRun = Math.ceil(tasks / window)
  const work = async (): Promise<number> => {
    const before = completed?.() ?? 0
    let sum = 0
    for (let each = 0; each < windowsRun; each++) sum += await loop(window)
    verify(`sum of the results of ${name}`, sum, sumOfWindow(window) * windowsRun)
    if (completed !== undefined) verify(`tasks of ${name}`, completed() - before, window * windowsRun)
    return window * windowsRun
  }
  return [timed(name, work, clocks[clock])]
}

function titleOf({ pattern, window }: Scenario): string {
  return `${kernelPatterns[pattern]}, windows of ${formatCount(window)}`
}

function tableOf(title: string, samples: ReadonlyMap<string, number[]>): Table {
  const present = rivals.filter((rival) => samples.has(rival))
  const rows = [...samples].map(([name, own]) => {
    const { median: middle, min, max } = summarise(own)
    const spread = `${formatFigure(1e3 / max)} – ${formatFigure(1e3 / min)}`
    return [
      name,
      formatFigure(1e3 / middle),
      spread,
      formatFigure(middle),
      ...present.map((rival) => `${formatFigure(speed(samples, name, rival))} ×`),
    ]
  })
  return {
    title,
    columns: ['', 'M tasks/s', 'min – max', 'ns/task', ...present.map((rival) => `of ${rival}`)],
    rows,
  }
}

/** How many times as fast as `rival`: the median over the rounds. */
function speed(samples: ReadonlyMap<string, number[]>, name: string, rival: string): number {
  return ratio(samples.get(rival) ?? [], samples.get(name) ?? [])
}

function judge(scenario: Scenario, samples: ReadonlyMap<string, number[]>): Verdict[] {
  const { median: middle, max } = summarise(samples.get(nativeApi) ?? [])
  const { floor, goal, pattern } = scenario
  const what = `kernel add, ${titleOf(scenario)}`
  const slowest = `slowest round ${formatFigure(1e3 / max)}`
  const rate = atLeast({ what, measured: 1e3 / middle, unit: 'M/s', floor, goal, aside: slowest })
  if (pattern !== 'each') return [rate]
  const ofBare = speed(samples, nativeApi, bareThen)
  const later = `${bareLater} ${formatFigure(speed(samples, bareLater, bareThen))} ×`
  const measured = `${formatFigure(ofBare)} × (${later})`
  return [rate, { target: `${what}: ≥ ${bareThen} beside it`, measured, met: ofBare >= 1 }]
}

function annotate(tables: readonly Table[]): Table[] {
  const notes = [
    `Every task is the kernel add of two numbers, from the first submission until the last result is there; sums of results are checked, of forgotten ones the number that completed. "${barePort}" writes the shared memory itself, without names, options, look-up or handles, and reads the clock once a task, as an engine that measures waits has to: a ceiling. "${bareThen}" has its value at once; "${bareLater}" are those of which another thread would bring it, without that thread and without tasks: a ceiling of a promise each. Ratios are medians of the ratios within a round.`,
  ]
  return tables.map((table, index) => {
    const note = notes[index]
    return note === undefined ? table : { ...table, note }
  })
}
