// The sections about the native engine, by the names they are asked for by, and the jobs of their processes.
import type { Job } from '../../child.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { measureAllocatorRow, measureAllocators } from './allocator.ts'
import { measureColumns } from './columns.ts'
import { measureNativeFlatness } from './flat.ts'
import { measureIdle, measureIdleRow } from './idle.ts'
import { measureNativeMemory, measureNativeMemoryRow } from './memory.ts'
import { measureRoundTrips } from './round-trip.ts'
import { measureStatistics } from './statistics.ts'
import { measureKernels, measureKernelsAlone } from './throughput.ts'
import { measureUrgent } from './urgent.ts'
import { measureWork } from './work.ts'

export const nativeSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  'native:throughput': measureKernels,
  'native:columns': measureColumns,
  'native:work': measureWork,
  'native:round-trip': measureRoundTrips,
  'native:urgent': measureUrgent,
  'native:memory': measureNativeMemory,
  'native:flat': measureNativeFlatness,
  'native:statistics': measureStatistics,
  'native:idle': measureIdle,
  'native:allocator': measureAllocators,
}

export const nativeJobs: Readonly<Record<string, Job>> = {
  'native-throughput-alone': measureKernelsAlone,
  'native-memory-row': measureNativeMemoryRow,
  'native-idle-row': measureIdleRow,
  'allocator-row': measureAllocatorRow,
}
