// The targets of the design documents: time, memory and throughput of tasks, and memory beside Celery and RQ.
import { takeSample } from '../../comparison/sample.ts'
import { spinsPerMs } from '../../contenders/bodies.ts'
import { contenderNamed } from '../../contenders/catalog.ts'
import { loadNow } from '../../machine.ts'
import { median, summarise } from '../../measure.ts'
import type { Figures } from '../../scenarios/scenario.ts'
import { formatCount, formatFigure, tellProgress } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { lessThan, verdictOf, wanted } from './rows.ts'
import { workerKinds } from './workers.ts'

export const documentSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  documents: measureDocument,
}

const SHARE_OF_CELERY = 0.6
const SHARE_OF_RQ = 0.4
const [node, own, celery, rq] = ['node, no tasks', 'catzilla, 2 C workers', 'celery, 2 processes', 'rq, 2 workers']

async function measureDocument({ quick }: SectionInput): Promise<SectionResult> {
  const before = loadNow()
  const tasks = await measureTasks(quick)
  const memory = await measureWorkers(quick)
  const note = `Load average before and after: ${before} and ${loadNow()}.`
  return {
    title: 'Targets of the design documents',
    overview: true,
    tables: [memory.table, ...tasks.tables].map((table, index) =>
      index === 0 ? { ...table, note: `${table.note ?? ''} ${note}`.trim() } : table,
    ),
    verdicts: [...tasks.verdicts, ...memory.verdicts],
  }
}

/** Each scenario once for each contender and round, whatever number of targets it fills. */
async function measureTasks(quick: boolean): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
  const turns = spinsPerMs()
  const samples = new Map<string, Figures[]>()
  const missing: string[][] = []
  const pairs = new Set(wanted.map(({ source }) => `${source.scenario} ${source.contender}`))
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    for (const pair of pairs) {
      const [scenario = '', contender = ''] = pair.split(' ')
      const reason = contenderNamed(contender).missing?.()
      if (reason === undefined) {
        tellProgress(`documents, round ${round + 1}: ${scenario} of ${contender}`)
        const figures = await takeSample({ scenario, contender, quick, spinsPerMs: turns })
        samples.set(pair, [...(samples.get(pair) ?? []), figures])
      } else if (round === 0) missing.push([`${scenario} of ${contender}`, reason])
    }
  }
  const verdicts = wanted.flatMap((each) => {
    const { scenario, contender, measure } = each.source
    const figures = (samples.get(`${scenario} ${contender}`) ?? []).flatMap((sample) => sample[measure] ?? [])
    return figures.length === 0 ? [] : [verdictOf(each, median(figures))]
  })
  const tables = missing.length === 0 ? [] : [{ title: 'Not measured', columns: ['what', 'why'], rows: missing }]
  return { tables, verdicts }
}

async function measureWorkers(quick: boolean): Promise<{ table: Table; verdicts: Verdict[] }> {
  const count = quick ? 100 : 300
  const found = new Map<string, number>()
  const rows: string[][] = []
  for (const { name, missing, measure } of workerKinds) {
    const reason = missing()
    tellProgress(`documents: memory of ${name}${reason === undefined ? '' : `: skipped, ${reason}`}`)
    if (reason !== undefined) {
      rows.push([name, `skipped: ${reason}`, ''])
      continue
    }
    const samples: number[] = []
    for (let round = 0; round < (quick ? 1 : 3); round++) samples.push(await measure(count))
    const { median: middle, min, max } = summarise(samples)
    found.set(name, middle)
    rows.push([name, formatFigure(middle), `${formatFigure(min)} – ${formatFigure(max)}`])
  }
  const compared = (peer: string, share: number): Verdict[] => {
    const [bare, ours, theirs] = [found.get(node), found.get(own), found.get(peer)]
    if (bare === undefined || ours === undefined || theirs === undefined) return []
    return [
      lessThan('memory of all processes that run tasks', ours, peer, theirs, share),
      // an application of Node is there anyway, while Celery and RQ have their workers beside it
      lessThan('memory that tasks add to their application', ours - bare, peer, theirs, share),
    ]
  }
  return {
    table: {
      title: `Memory of the processes after ${formatCount(count)} no-op tasks, MiB`,
      columns: ['', 'MiB', 'min – max'],
      rows,
      note: 'Of all processes that run tasks: pages of their own, and those that they share once, the program itself among them. Redis, which Celery and RQ need, is not counted, nor is the process that submits to them; ours does both, in C and in JavaScript.',
    },
    verdicts: [...compared(celery, SHARE_OF_CELERY), ...compared(rq, SHARE_OF_RQ)],
  }
}
