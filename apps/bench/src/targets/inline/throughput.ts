// Throughput of no-op tasks beside fastq, p-queue and bare promises: all in one process, taking turns; and, since
// AsyncLocalStorage slows every promise of a process that uses it, once more with a process for each contender.
import { collectYoungGarbage, runJob } from '../../child.ts'
import { bareLoop, contenders } from './contenders.ts'
import type { Setup } from './contenders.ts'
import { clocks, interleave, median, ratio, summarise, timed } from '../../measure.ts'
import type { ClockName, Contender } from '../../measure.ts'
import type { BodyKind } from './probe.ts'
import { formatCount, formatFigure, formatPercent, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { patternNames, sumBelow } from './windows.ts'
import type { Pattern } from './windows.ts'

interface Scenario {
  readonly pattern: Pattern
  readonly window: number
  readonly kind: BodyKind
}

interface Effort {
  readonly clock: ClockName
  readonly tasks: number
  readonly rounds: number
  readonly warmUps: number
}

const windows: readonly Omit<Scenario, 'kind'>[] = [
  { pattern: 'each', window: 1_000 },
  { pattern: 'each', window: 10_000 },
  { pattern: 'all', window: 1_000 },
  { pattern: 'oneByOne', window: 1_000 },
  { pattern: 'forget', window: 10_000 },
]
const scenarios: readonly Scenario[] = (['sync', 'async'] as const).flatMap((kind) =>
  windows.map((each) => ({ ...each, kind })),
)

/** Scenarios measured with a process for each contender too. */
const alone: readonly Scenario[] = [
  { pattern: 'each', window: 10_000, kind: 'sync' },
  { pattern: 'each', window: 10_000, kind: 'async' },
]

export async function measureThroughput({ quick, clock }: SectionInput): Promise<SectionResult> {
  const together: Effort = quick
    ? { clock, tasks: 1_000, rounds: 2, warmUps: 1 }
    : { clock, tasks: 50_000, rounds: 15, warmUps: 5 }
  const tables: Table[] = []
  const verdicts: Verdict[] = []
  for (const scenario of scenarios) {
    tellProgress(`throughput: ${titleOf(scenario)}`)
    const samples = await measureTogether(scenario, together)
    tables.push(tableOf(`One process: ${titleOf(scenario)}`, samples))
    if (scenario.pattern !== 'forget') verdicts.push(...judge(scenario, samples))
  }
  for (const scenario of quick ? alone.slice(0, 1) : alone) {
    tellProgress(`throughput: ${titleOf(scenario)}, a process each`)
    const samples = await measureAlone(scenario, { ...together, rounds: quick ? 1 : 7 }, quick ? 1 : 3)
    tables.push({ ...tableOf(`A process each: ${titleOf(scenario)}`, samples), note: aloneNote })
  }
  return { title: 'Throughput of the inline lane', tables: annotate(tables), verdicts }
}

/** The job of one contender in a process of its own: its median time per task, in nanoseconds. */
export async function measureOneAlone(input: Scenario & Effort & { readonly contender: string }): Promise<number> {
  const setup = await setUp(input.contender, input.kind)
  const samples = await interleave([contenderOf(input.contender, setup, input, input)], {
    ...input,
    before: collectYoungGarbage,
  })
  await setup.close()
  return median(samples.get(input.contender) ?? [])
}

async function measureTogether(scenario: Scenario, effort: Effort): Promise<Map<string, number[]>> {
  const setups = new Map<string, Setup>()
  for (const name of Object.keys(contenders)) setups.set(name, await setUp(name, scenario.kind))
  const entrants = [...setups].map(([name, setup]) => contenderOf(name, setup, scenario, effort))
  const samples = await interleave(entrants, { ...effort, before: collectYoungGarbage })
  for (const setup of setups.values()) await setup.close()
  return samples
}

function measureAlone(scenario: Scenario, effort: Effort, rounds: number): Promise<Map<string, number[]>> {
  const entrants = Object.keys(contenders).map((name): Contender<number> => {
    return { name, run: () => runJob<number>('throughput-alone', { ...scenario, ...effort, contender: name }) }
  })
  return interleave(entrants, { rounds, warmUps: 0 })
}

function setUp(name: string, kind: BodyKind): Promise<Setup> {
  const make = contenders[name]
  if (make === undefined) throw new Error(`there is no contender named ${name}`)
  return make(kind)
}

/** Runs as many windows as make up `tasks`, and checks what they gave. */
function contenderOf(
  name: string,
  setup: Setup,
  { pattern, window }: Scenario,
  { tasks, clock }: Effort,
): Contender<number> {
  const loop = setup.loops[pattern]
  const windowsRun = Math.ceil(tasks / window)
  const work = async (): Promise<number> => {
    const before = setup.probe.runs
    let sum = 0
    for (let each = 0; each < windowsRun; each++) sum += await loop(window)
    verify(`sum of the results of ${name}`, sum, sumBelow(window) * windowsRun)
    verify(`runs of ${name}`, setup.probe.runs - before, window * windowsRun)
    return window * windowsRun
  }
  return timed(name, work, clocks[clock])
}

function titleOf({ pattern, window, kind }: Scenario): string {
  const size = pattern === 'oneByOne' ? '' : `, windows of ${formatCount(window)}`
  return `${patternNames[pattern]}${size}, ${kind} body`
}

function tableOf(title: string, samples: ReadonlyMap<string, number[]>): Table {
  const rows = [...samples].map(([name, own]) => {
    const { median: middle, min, max } = summarise(own)
    return [
      name,
      formatFigure(middle),
      `${formatFigure(min)} – ${formatFigure(max)}`,
      formatFigure(1e3 / middle),
      ...rivals.map((rival) => `${formatFigure(speed(samples, name, rival))} ×`),
    ]
  })
  return { title, columns: ['', 'ns/task', 'min – max', 'M tasks/s', ...rivals.map((rival) => `of ${rival}`)], rows }
}

const rivals = [bareLoop, 'bare resolve().then', 'p-queue', 'fastq'] as const

/** How many times as fast as `rival`: the median over the rounds. */
function speed(samples: ReadonlyMap<string, number[]>, name: string, rival: string): number {
  return ratio(samples.get(rival) ?? [], samples.get(name) ?? [])
}

function judge(scenario: Scenario, samples: ReadonlyMap<string, number[]>): Verdict[] {
  const ofBare = speed(samples, 'api', bareLoop)
  const ofPQueue = speed(samples, 'api', 'p-queue')
  const where = titleOf(scenario)
  return [
    { target: `${where}: ≥ 50 % of the bare promise loop`, measured: formatPercent(ofBare), met: ofBare >= 0.5 },
    { target: `${where}: ≥ 5 × p-queue`, measured: `${formatFigure(ofPQueue)} ×`, met: ofPQueue >= 5 },
  ]
}

const aloneNote =
  'No contender but the API and the engine has AsyncLocalStorage at work in its process here. Medians of processes, started in turn.'

function annotate(tables: readonly Table[]): Table[] {
  const note = `"${bareLoop}" is the bare promise loop of the target: an async no-op is called and its promise awaited, in the same windows. Ratios are medians of the ratios within a round.`
  return tables.map((table, index) => (index === 0 ? { ...table, note } : table))
}
