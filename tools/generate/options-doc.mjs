// Writes docs/options.generated.md from the tables that check the options.
import { writeFileSync } from 'node:fs'
import { loadSource } from './load-source.mjs'

const { tasksOptionTable } = await loadSource('packages/api/src/options.ts')
const { taskOptionTable } = await loadSource('packages/engine/src/options/task-options.ts')

const row = ([name, { byDefault, accepts, about }]) =>
  `| \`${name}\` | ${cell(byDefault)} | ${cell(accepts)} | ${cell(about)} |`
const cell = (text) => text.replaceAll('|', '\\|')
const table = (options) =>
  [
    '| option | default | accepts | what it does |',
    '| --- | --- | --- | --- |',
    ...Object.entries(options).map(row),
  ].join('\n')

writeFileSync(
  'docs/options.generated.md',
  `# Options

Durations are milliseconds and end in \`Ms\`, sizes are MiB and end in \`Mb\`, ratios are 0..1. A wrong value is a
\`ConfigurationError\` that names the option, the value and what is accepted.

## Of a task

Given when the task is defined, with \`task.with(options)\` for some calls, or as the third argument of \`addTask\`. A call
overrides the task, the task overrides \`taskDefaults\` of \`createTasks\`.

${table(taskOptionTable)}

A definition also takes \`name\`, and the Standard Schemas \`input\` (one, or one for each argument) and \`output\`.

## Of \`createTasks\`

${table(tasksOptionTable)}
`,
)
