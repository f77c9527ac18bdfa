// The sections that hold targets of the project, by name, and the jobs that their processes do.
import type { Job } from '../child.ts'
import type { SectionInput, SectionResult } from '../section.ts'
import { bullmqSections } from './bullmq/sections.ts'
import { compiledSections } from './compiled/sections.ts'
import { documentSections } from './documents/sections.ts'
import { durableJobs, durableSections } from './durable/sections.ts'
import { measureHttp } from './http/http.ts'
import { inlineJobs, inlineSections } from './inline/sections.ts'
import { isolateSections } from './isolates/sections.ts'
import { measureMonitor } from './monitor/section.ts'
import { nativeJobs, nativeSections } from './native/sections.ts'
import { workflowJobs, workflowSections } from './workflow/sections.ts'

export const sections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  ...documentSections,
  ...inlineSections,
  ...nativeSections,
  ...isolateSections,
  ...compiledSections,
  http: measureHttp,
  monitor: measureMonitor,
  ...workflowSections,
  ...durableSections,
  ...bullmqSections,
}

export const sectionJobs: Readonly<Record<string, Job>> = {
  ...sections,
  ...inlineJobs,
  ...nativeJobs,
  ...workflowJobs,
  ...durableJobs,
}
