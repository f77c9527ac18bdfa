// A run as answers show it: what may not be shown of an error is left to `redact`, as with tasks.
import type { Schema } from '../schema.ts'
import { errorView } from '../task-view.ts'
import type { ViewOptions } from '../task-view.ts'
import { isOver } from './source.ts'
import type { RunLine, RunPicture, RunSource, StepLine } from './source.ts'

const runStatuses: Schema = {
  type: 'string',
  enum: ['running', 'paused', 'compensating', 'completed', 'failed', 'cancelled', 'timedOut', 'interrupted'],
}

const runLine: Readonly<Record<string, Schema>> = {
  runId: { type: 'string' },
  workflow: { type: 'string' },
  status: runStatuses,
  createdAt: { type: 'number', description: 'Epoch milliseconds, as all times.' },
  startedAt: {},
  endedAt: {},
  durationMs: {},
  progress: {
    type: 'object',
    description: '`settled` of `total` steps and items of lists, and their `ratio`, 0..1.',
  },
  error: { description: 'Why it did not complete, or null.' },
  parentRunId: { description: 'The run that this one is a step of, or null.' },
  retryOf: { description: 'The run that this one repeats, or null.' },
}

const step: Schema = {
  type: 'object',
  required: ['id', 'kind', 'label', 'needs', 'status'],
  properties: {
    id: { type: 'string' },
    kind: { type: 'string' },
    label: { type: 'string', description: 'The task, or what the step does.' },
    needs: { type: 'array', items: { type: 'string' }, description: 'Ids of the steps it waits for.' },
    status: {
      type: 'string',
      enum: ['waiting', 'ready', 'running', 'completed', 'failed', 'cancelled', 'skipped', 'blocked', 'compensated'],
    },
    startedAt: {},
    endedAt: {},
    durationMs: {},
    error: {},
    items: { description: 'Of a map: how many of its list have come how far.' },
    rounds: { description: 'Of a loop: rounds begun.' },
  },
}

const needed = ['runId', 'workflow', 'status', 'progress']

export const runLineSchema: Schema = { type: 'object', required: needed, properties: runLine }

export const runSchema: Schema = {
  type: 'object',
  required: [...needed, 'steps', 'criticalPath'],
  properties: {
    ...runLine,
    steps: { type: 'array', items: step },
    criticalPath: { description: 'Of a run that is over: the steps on which its duration hung; else null.' },
  },
}

export const runFilterSchemas: Readonly<Record<string, Schema>> = {
  workflow: { type: 'string', minLength: 1, maxLength: 200, description: 'Runs of this one only.' },
  status: { type: 'array', items: runStatuses, description: 'One or more, with commas between.' },
  children: { type: 'boolean', default: false, description: 'Also runs that are steps of others.' },
  limit: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
  cursor: { type: 'string', maxLength: 200, description: '`nextCursor` of the page before.' },
}

export function runLineView<Line extends RunLine>(line: Line, options: ViewOptions): Line {
  return line.error === null ? line : { ...line, error: shownText(line.error, line.workflow, options) }
}

/** A run with its steps, as it may be shown. */
export function pictureOf(run: RunSource, options: ViewOptions): RunPicture {
  const picture = run.inspect()
  const steps = picture.steps.map((line) => stepView(line, options))
  const criticalPath = isOver(picture) ? run.criticalPath() : null
  return Object.assign({}, runLineView(picture, options), { steps, criticalPath })
}

function stepView(line: StepLine, options: ViewOptions): StepLine {
  return line.error === null ? line : { ...line, error: shownText(line.error, line.label, options) }
}

/** Runs know the text of an error only. */
function shownText(text: string, name: string, options: ViewOptions): string {
  return options.redact === undefined ? text : String(errorView(new Error(text), name, options)['message'])
}
