// Writes docs/capabilities.generated.md: what each engine can do, and which cases of the conformance suite it is excused from.
// The tests of the engines hold it true: a capability that is claimed is tested, a case that is not excused has to pass, and
// one that is excused has to fail.
import { writeFileSync } from 'node:fs'
import { loadSource } from './load-source.mjs'

const { createTypeScriptEngine } = await loadSource('packages/engine/src/index.ts')
const { nativeCapabilities } = await loadSource('packages/engine/src/native/capabilities.ts')
const { capabilitiesOver } = await loadSource('packages/engine-bullmq/src/engine/capabilities.ts')
const { skips } = await loadSource('packages/engine-bullmq/test/conformance-skips.ts')
const { conformanceCases, conformanceReport } = await loadSource('packages/engine/src/conformance/index.ts')

const typescript = createTypeScriptEngine().capabilities
const durable = (local) => ({ ...local, durable: true, adHocTasks: false })
const blocked = 'waitSync holds the thread up until a kernel has settled, or its time is over'
const heldUp = ['plain', 'with a limit'].map((way) => ({
  case: `${blocked} (${way})`,
  reason: 'a durable task has ended when that is on disk, and a thread that is held up does not hear of it',
}))
const engines = [
  { name: 'typescript', has: typescript, skip: [] },
  { name: 'native', has: nativeCapabilities, skip: [] },
  { name: 'durable over typescript', has: durable(typescript), skip: [] },
  { name: 'durable over native', has: durable(nativeCapabilities), skip: heldUp },
  { name: 'bullmq (redis)', has: capabilitiesOver(typescript), skip: skips },
  { name: 'bullmq (postgres)', has: capabilitiesOver(typescript), skip: skips },
].map((engine) => ({ ...engine, report: conformanceReport(engine.name, engine.has, engine.skip) }))

const head = `# What each engine can do

The conformance suite has ${conformanceCases.length} cases. \`n/a\`: the engine does not claim what the case is about; excused: it is known not
to do it, says so with an error, and the case is run to show that. Engines on BullMQ take their lanes from the local engine in
each worker: with the native one they also have the native lane.
`
const rows = engines.map(
  ({ name, report }) => `| ${name} | ${report.run} | ${report.notApplicable.length} | ${report.skipped.length} |`,
)
const summary = [
  '## The suite',
  '',
  '| engine | passed | n/a | excused |',
  '| --- | --- | --- | --- |',
  ...rows,
  '',
].join('\n')
const columns = engines.map(({ name }) => name)
const matrix = [
  '## Capabilities',
  '',
  `| capability | ${columns.join(' | ')} |`,
  `| --- | ${columns.map(() => '---').join(' | ')} |`,
  ...Object.keys(typescript).map(
    (key) => `| \`${key}\` | ${engines.map(({ has }) => (has[key] ? 'yes' : '–')).join(' | ')} |`,
  ),
  '',
].join('\n')
const excused = [
  '## Excused cases',
  '',
  ...engines
    .filter(({ report }) => report.skipped.length > 0)
    .flatMap(({ name, report }) => [
      `### ${name}`,
      '',
      ...report.skipped.map(({ case: each, reason }) => `- ${each}: ${reason}`),
      '',
    ]),
].join('\n')
writeFileSync('docs/capabilities.generated.md', [head, summary, matrix, excused].join('\n').trimEnd() + '\n')
