// The sections about compiled bodies, by the names they are asked for by.
import type { SectionInput, SectionResult } from '../../section.ts'
import { measureBodies } from './bodies.ts'
import { measureCompiledTasks } from './tasks.ts'

export const compiledSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  'compiled:bodies': measureBodies,
  'compiled:tasks': measureCompiledTasks,
}
