// What durability costs: accepting beside the bare store for the same bytes, and how soon the first task runs after a crash.
import type { Job } from '../../child.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { measureAccepting, sampleAccepting } from './accepting.ts'
import { leaveBehind, measureRecovery } from './recovery.ts'

export const durableSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  'durable:accepting': measureAccepting,
  'durable:recovery': measureRecovery,
}

export const durableJobs: Readonly<Record<string, Job>> = {
  'durable:accepting-sample': sampleAccepting,
  'durable:leave-behind': leaveBehind,
}
