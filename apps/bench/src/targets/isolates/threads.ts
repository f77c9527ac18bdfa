// The thread lane beside pools of worker threads: the same functions, two threads each, in turns within one process.
import { THREADS } from '../../contenders/contender.ts'
import { loadNow } from '../../machine.ts'
import { tellProgress } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { threadContenders } from './thread-contenders.ts'
import type { ThreadSetup } from './thread-contenders.ts'
import { measureLoad } from './thread-load.ts'
import { measureTimeouts } from './thread-timeouts.ts'
import { measureBuffers, measureTrips } from './thread-trips.ts'
import { measureWindows } from './thread-windows.ts'

const parts = {
  'windows of tasks': measureWindows,
  'bodies of 1 ms': measureLoad,
  'round trips': measureTrips,
  'ten megabytes': measureBuffers,
  'hard timeouts': measureTimeouts,
} as const

export async function measureThreads(input: SectionInput): Promise<SectionResult> {
  const before = loadNow()
  const { setups, missing } = await setUpAll()
  const tables: Table[] = []
  const verdicts: Verdict[] = []
  for (const [name, measure] of Object.entries(parts)) {
    tellProgress(`threads: ${name}`)
    const result = await measure(setups, input)
    tables.push(...result.tables)
    verdicts.push(...result.verdicts)
  }
  for (const setup of setups.values()) await setup.close()
  const load = `Load average before and after: ${before} and ${loadNow()}.`
  const about = `${THREADS} threads each, in one process, in turns; ratios are medians of the ratios within a round.`
  return { title: 'Threads', tables: annotate(tables, [about, load, ...missing].join(' ')), verdicts }
}

/** All who can compete here, and who cannot and why. */
async function setUpAll(): Promise<{ setups: Map<string, ThreadSetup>; missing: string[] }> {
  const setups = new Map<string, ThreadSetup>()
  const missing: string[] = []
  for (const [name, contender] of Object.entries(threadContenders)) {
    const reason = contender.missing()
    if (reason === undefined) {
      setups.set(name, await contender.setUp())
      continue
    }
    missing.push(`Without "${name}": ${reason}.`)
    tellProgress(`threads: without "${name}": ${reason}`)
  }
  return { setups, missing }
}

function annotate([first, ...rest]: readonly Table[], note: string): Table[] {
  return first === undefined ? [] : [{ ...first, note }, ...rest]
}
