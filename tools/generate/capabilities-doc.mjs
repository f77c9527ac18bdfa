// Writes docs/capabilities.generated.md: what each engine can do, and which cases of the conformance suite it is excused from.
// It is made of docs/conformance.json, which `npm run conformance` writes when the suite has been run on all of them; each test
// run holds its engines to it.
import { readFileSync, writeFileSync } from 'node:fs'
import { loadSource } from './load-source.mjs'

const { on, node, cases, engines } = JSON.parse(readFileSync('docs/conformance.json', 'utf8'))
const { conformanceCases } = await loadSource('packages/engine/src/conformance/index.ts')
if (conformanceCases.length !== cases) {
  throw new Error(
    `docs/conformance.json is of ${cases} cases, the suite has ${conformanceCases.length}: run "npm run conformance"`,
  )
}

const line = (cells) => `| ${cells.join(' | ')} |`
const table = (head, rows) => [head, head.map(() => '---'), ...rows].map(line)
const names = engines.map(({ name }) => name)

const text = [
  '# What each engine can do',
  '',
  `The conformance suite has ${cases} cases. This is what it found on ${on}, with Node ${node.slice(1)}: \`npm run conformance\` asks every`,
  'engine again, on real servers, and every test run holds its engines to it.',
  '',
  '`n/a`: the engine does not claim what the case is about. Excused: it is known not to do it, says so with an error, and the case is run to',
  'show that. Engines on BullMQ take their lanes from the local engine in each worker, here the TypeScript one: with the native one they also',
  'have the native lane.',
  '',
  '## The suite',
  '',
  ...table(
    ['engine', 'passed', 'n/a', 'excused'],
    engines.map(({ name, passed, notApplicable, excused }) => [name, passed, notApplicable.length, excused.length]),
  ),
  '',
  '## Capabilities',
  '',
  ...table(
    ['capability', ...names],
    Object.keys(engines[0].capabilities).map((key) => [
      `\`${key}\``,
      ...engines.map(({ capabilities }) => (capabilities[key] ? 'yes' : '–')),
    ]),
  ),
  '',
  '## Excused cases',
  '',
  ...engines
    .filter(({ excused }) => excused.length > 0)
    .flatMap(({ name, excused }) => [
      `### ${name}`,
      '',
      ...excused.map(({ case: each, reason }) => `- ${each}: ${reason}`),
      '',
    ]),
]
writeFileSync('docs/capabilities.generated.md', `${text.join('\n').trimEnd()}\n`)
