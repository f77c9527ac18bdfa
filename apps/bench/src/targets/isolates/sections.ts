// The sections about lanes off the event loop, by the names they are asked for by.
import type { SectionInput, SectionResult } from '../../section.ts'
import { measureThreads } from './threads.ts'

export const isolateSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  threads: measureThreads,
}
