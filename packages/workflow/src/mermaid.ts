// A workflow, or one of its runs, as a flowchart in Mermaid.
import type { RunInfo, StepInfo, WorkflowInfo } from './inspect.ts'
import type { StepKind } from './decide/plan.ts'

type Shape = readonly [open: string, close: string]

const box: Shape = ['["', '"]']
const joint: Shape = ['(["', '"])']
const shapes: Readonly<Record<StepKind, Shape>> = {
  task: box,
  map: ['[["', '"]]'],
  loop: ['[/"', '"/]'],
  compute: ['("', '")'],
  choice: ['{"', '"}'],
  merge: joint,
  all: joint,
  settled: joint,
  race: joint,
}

/** Colours by state; the same ones the dashboard has. */
const classes = [
  'classDef completed fill:#d3f2d9,stroke:#2b8a3e',
  'classDef failed fill:#ffe0e0,stroke:#c92a2a',
  'classDef running fill:#d6e8ff,stroke:#1864ab',
  'classDef cancelled fill:#eceff1,stroke:#868e96',
  'classDef compensated fill:#fff1d6,stroke:#e67700',
]

const classOf: Readonly<Record<StepInfo['status'], string | undefined>> = {
  waiting: undefined,
  ready: undefined,
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'cancelled',
  blocked: 'cancelled',
  compensated: 'compensated',
}

/**
 * @example
 * flowchart TD
 *   s0["parse"]
 *   s0 --> s1
 */
export function toMermaid(info: WorkflowInfo | RunInfo): string {
  const places = new Map(info.steps.map(({ id }, index) => [id, `s${index}`]))
  const lines = ['flowchart TD']
  for (const step of info.steps) lines.push(`  ${places.get(step.id)}${boxOf(step)}`)
  for (const { id, needs } of info.steps) {
    for (const need of needs) lines.push(`  ${places.get(need)} --> ${places.get(id)}`)
  }
  if ('status' in info) lines.push(...colours(info, places))
  return `${lines.join('\n')}\n`
}

function boxOf(step: WorkflowInfo['steps'][number] | StepInfo): string {
  const [open, close] = shapes[step.kind]
  const text = [step.id, ...(step.label === step.id ? [] : [step.label]), ...('status' in step ? progressOf(step) : [])]
  return `${open}${text.map(escaped).join('<br/>')}${close}`
}

function progressOf({ items, durationMs, endedAt }: StepInfo): string[] {
  const lines = items === null ? [] : [`${items.completed + items.failed} of ${items.total}`]
  if (durationMs !== null && endedAt !== null) lines.push(`${durationMs.toFixed(1)} ms`)
  return lines
}

function colours({ steps }: RunInfo, places: ReadonlyMap<string, string>): string[] {
  const used = steps.flatMap(({ id, status }) => {
    const name = classOf[status]
    return name === undefined ? [] : [`  class ${places.get(id)} ${name}`]
  })
  return [...classes.map((line) => `  ${line}`), ...used]
}

/** What Mermaid would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/["<>&#;[\]{}|\\`\n\r]/g, (mark) => `#${mark.codePointAt(0)};`)
}
