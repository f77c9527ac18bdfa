// The sections about the inline lane of the TypeScript engine, and the jobs of their processes.
import type { Job } from '../../child.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { measureFlatness } from './flat.ts'
import { measureLatency } from './latency.ts'
import { measureMemory, measureMemoryRow } from './memory.ts'
import { measureOneAlone, measureThroughput } from './throughput.ts'
import { measureTimers, measureTimersAlone } from './timers.ts'

export const inlineSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  'inline:throughput': measureThroughput,
  'inline:memory': measureMemory,
  'inline:latency': measureLatency,
  'inline:timers': measureTimers,
  'inline:flat': measureFlatness,
}

export const inlineJobs: Readonly<Record<string, Job>> = {
  'throughput-alone': measureOneAlone,
  'memory-row': measureMemoryRow,
  'timers-alone': measureTimersAlone,
}
