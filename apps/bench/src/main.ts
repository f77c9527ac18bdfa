// `npm run bench`: runs the sections that are named, or all; prints their tables and says which targets are met. The
// exit code is 0 whatever the figures are: only something broken makes it another.
import { parseArgs } from 'node:util'
import { measureAllocatorRow, measureAllocators } from './targets/native/allocator.ts'
import { answerAsChild, runJob } from './child.ts'
import type { Job } from './child.ts'
import { compiledSections } from './targets/compiled/sections.ts'
import { durableSections } from './targets/durable/sections.ts'
import { measureFlatness } from './targets/inline/flat.ts'
import { measureHttp } from './targets/http/http.ts'
import { measureLatency } from './targets/inline/latency.ts'
import { describeMachine } from './machine.ts'
import { measureMemory, measureMemoryRow } from './targets/inline/memory.ts'
import { isolateSections } from './targets/isolates/sections.ts'
import { measureMonitor } from './targets/monitor/section.ts'
import { nativeJobs, nativeSections } from './targets/native/sections.ts'
import { textOfSection, textOfSummary, writeJson, writePage } from './report/report.ts'
import type { Report } from './report/report.ts'
import type { SectionInput, SectionResult } from './section.ts'
import { measureOneAlone, measureThroughput } from './targets/inline/throughput.ts'
import { measureTimers, measureTimersAlone } from './targets/inline/timers.ts'
import { workflowJobs, workflowSections } from './targets/workflow/sections.ts'

const sections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  throughput: measureThroughput,
  memory: measureMemory,
  latency: measureLatency,
  timers: measureTimers,
  flat: measureFlatness,
  ...nativeSections,
  ...isolateSections,
  ...compiledSections,
  http: measureHttp,
  monitor: measureMonitor,
  ...workflowSections,
  ...durableSections,
  allocator: measureAllocators,
}
const jobs: Readonly<Record<string, Job>> = {
  ...sections,
  'throughput-alone': measureOneAlone,
  'memory-row': measureMemoryRow,
  'timers-alone': measureTimersAlone,
  ...nativeJobs,
  ...workflowJobs,
  'allocator-row': measureAllocatorRow,
}

const usage = `bench [section …] [--quick] [--cpu]

Sections: ${Object.keys(sections).join(', ')}; all of them by default. "native" means all whose names begin with it.
--quick   a short run, whose figures say little
--cpu     time per task in CPU time of the process, for a machine that others use too
A full run, by the wall clock, of all sections writes docs/benchmarks.md; every run writes JSON to apps/bench/out.
`

const args = process.argv.slice(2)
if (!(await answerAsChild(jobs, args))) await main()

async function main(): Promise<void> {
  const asked = readArguments()
  if (asked === undefined) return
  const { quick, clock, names } = asked
  const machine = describeMachine(new Date())
  const results: SectionResult[] = []
  for (const name of names) {
    // a process for each: one section's heap and compiled code are no part of the next one's figures
    const result = await runJob<SectionResult>(name, { quick, clock })
    results.push(result)
    process.stdout.write(`${textOfSection(result)}\n`)
  }
  const report: Report = { machine, quick, clock, sections: results }
  const written = [writeJson(report)]
  if (!quick && clock === 'wall' && names.length === Object.keys(sections).length) {
    writePage(report)
    written.push('docs/benchmarks.md')
  }
  process.stdout.write(`${textOfSummary(report)}written: ${written.join(', ')}\n`)
}

function readArguments(): (SectionInput & { names: string[] }) | undefined {
  const options = {
    quick: { type: 'boolean' },
    cpu: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const all = Object.keys(sections)
  const isMeant = (name: string, asked: string): boolean => name === asked || name.startsWith(`${asked}:`)
  const unknown = positionals.filter((asked) => !all.some((name) => isMeant(name, asked)))
  if (values.help === true || unknown.length > 0) {
    process.stdout.write(unknown.length > 0 ? `no such section: ${unknown.join(', ')}\n\n${usage}` : usage)
    process.exitCode = unknown.length > 0 ? 1 : 0
    return undefined
  }
  return {
    quick: values.quick ?? false,
    clock: values.cpu === true ? 'cpu' : 'wall',
    names: all.filter((name) => positionals.length === 0 || positionals.some((asked) => isMeant(name, asked))),
  }
}
