// The C engine as the benchmark finds it, or the reason why nothing of it can be measured here.
import { loadCore } from '@catzilla/core-c'
import type { NativeCore } from '@catzilla/core-c'
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, EngineOptions } from '@catzilla/api'
import { loadNow } from '../../machine.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

/** Room for the largest windows. */
export const QUEUE_SIZE = 2_000_000

/** Tasks on the native engine, started. The number of workers stays as it is: sections compare what they do. */
export async function createNativeTasks(options: EngineOptions = {}): Promise<BackgroundTasks> {
  const tasks = createTasks({ engine: 'native', queueSize: QUEUE_SIZE, enableAutoScaling: false, ...options })
  await tasks.ready
  return tasks
}

/** @throws Error with the reason when there is none */
export function requireCore(): NativeCore {
  const { core, source } = loadCore()
  if (core === undefined) throw new Error(source)
  return core
}

/** A section that says why it measured nothing where there is no C engine, and the load of the machine where there is. */
export function nativeSection(
  title: string,
  measure: (input: SectionInput) => Promise<Omit<SectionResult, 'title'>>,
): (input: SectionInput) => Promise<SectionResult> {
  return async (input) => {
    const { core, source } = loadCore()
    if (core === undefined) return { title, tables: [], verdicts: [], skipped: source }
    const before = loadNow()
    const result = await measure(input)
    const load = `Load average before and after: ${before} and ${loadNow()}.`
    const [first, ...rest] = result.tables
    if (first === undefined) return { title, ...result }
    const note = first.note === undefined ? load : `${first.note} ${load}`
    return { title, ...result, tables: [{ ...first, note }, ...rest] }
  }
}
