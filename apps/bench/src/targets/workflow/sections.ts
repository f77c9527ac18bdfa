// The sections about workflows, by the names they are asked for by.
import type { Job } from '../../child.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { measureCompiledWorkflows } from './compiled.ts'
import { measureWorkflowMemory, measureWorkflowMemoryRow } from './memory.ts'
import { measureWorkflows } from './overhead.ts'

export const workflowSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  'workflow:steps': measureWorkflows,
  'workflow:compiled': measureCompiledWorkflows,
  'workflow:memory': measureWorkflowMemory,
}

export const workflowJobs: Readonly<Record<string, Job>> = { 'workflow-memory-row': measureWorkflowMemoryRow }
