// Runs of workflows: a page of them, one with each of its steps, as it goes on, and what can be done to it.
import { TaskStateError } from '@catzilla/api'
import { eventStreamHeaders, jsonText, plainHeaders } from '../plain.ts'
import type { PlainResponse } from '../plain.ts'
import { HttpProblem } from '../problem.ts'
import type { PlainRoute, RouteContext, RouteGroup } from '../route.ts'
import type { Schema } from '../schema.ts'
import type { Service } from '../service.ts'
import { pictureOf, runFilterSchemas, runLineSchema, runLineView, runSchema } from '../workflows/run-view.ts'
import type { RunSource, WorkflowsSource } from '../workflows/source.ts'

const lineRef: Schema = { $ref: '#/components/schemas/RunLine' }
const runPath = '/workflows/runs/:runId'

/** A run that the request is about, looked up before anybody is asked whether it may be. */
interface AboutRun {
  readonly runs: WorkflowsSource
  readonly run: RunSource
  readonly runId: string
}

type RunRoute = Omit<PlainRoute, 'targets' | 'handle'> & {
  readonly handle: (about: AboutRun, context: RouteContext) => PlainResponse
}

export function workflowRoutes(service: Service): RouteGroup {
  return {
    name: 'workflows',
    description: 'Runs of workflows, where the routes were given the `WorkflowRuns` that they belong to.',
    schemas: { RunLine: runLineSchema, Run: runSchema },
    routes: [
      ...listRoutes(service),
      ...[...lookRoutes(service), ...controlRoutes()].map((route) => aboutRun(service, route)),
    ],
  }
}

function listRoutes({ options }: Service): PlainRoute[] {
  return [
    {
      method: 'GET',
      path: '/workflows',
      action: 'read',
      operationId: 'listWorkflows',
      summary: 'The workflows that are defined, each with its steps',
      responses: { 200: { description: 'All of them.', schema: listSchema('workflows', { type: 'object' }) } },
      problems: [501],
      handle: () => json({ workflows: runsOf(options.workflows).workflows }),
    },
    {
      method: 'GET',
      path: '/workflows/runs',
      action: 'read',
      operationId: 'listRuns',
      summary: 'Runs, newest first, a page at a time',
      query: runFilterSchemas,
      responses: { 200: { description: 'Without their steps.', schema: listSchema('runs', lineRef) } },
      problems: [400, 501],
      handle({ query }) {
        const { runs, nextCursor } = runsOf(options.workflows).list(query)
        return json({ runs: runs.map((line) => runLineView(line, options)), nextCursor: nextCursor ?? null })
      },
    },
  ]
}

function lookRoutes({ options, runStreams }: Service): RunRoute[] {
  return [
    {
      method: 'GET',
      path: runPath,
      action: 'read',
      operationId: 'getRun',
      summary: 'A run with the state and the times of each step, and, once it is over, its critical path',
      responses: { 200: { description: 'The run.', schema: { $ref: '#/components/schemas/Run' } } },
      handle: ({ run }) => json(pictureOf(run, options)),
    },
    {
      method: 'GET',
      path: `${runPath}/mermaid`,
      action: 'read',
      operationId: 'drawRun',
      summary: 'The graph of a run as a Mermaid flowchart, with states and durations',
      responses: { 200: { description: 'Mermaid.', type: 'text/plain', schema: { type: 'string' } } },
      handle({ run }) {
        const headers = { ...plainHeaders, 'content-type': 'text/plain; charset=utf-8' }
        return { status: 200, headers, body: run.toMermaid() }
      },
    },
    {
      method: 'GET',
      path: `${runPath}/events`,
      action: 'read',
      operationId: 'streamRun',
      summary:
        'A run as it goes on: `run`, the whole; then `change`, the run with the steps that have changed; then `over`',
      responses: {
        200: { description: 'A stream, until the run is over.', type: 'text/event-stream', schema: { type: 'string' } },
      },
      problems: [429, 503],
      handle({ runs, runId }, { request }) {
        if (request.method === 'HEAD') return { status: 200, headers: eventStreamHeaders, body: null }
        const look = () => {
          const now = runs.get(runId)
          return now === undefined ? undefined : pictureOf(now, options)
        }
        return { status: 200, headers: eventStreamHeaders, body: runStreams.open(look, request) }
      },
    },
  ]
}

function controlRoutes(): RunRoute[] {
  const standing = { 200: { description: 'How the run stands now.', schema: lineRef } }
  const change = { method: 'POST', audited: true, problems: [409, 415] } as const
  return [
    {
      ...change,
      path: `${runPath}/pause`,
      action: 'pause',
      operationId: 'pauseRun',
      summary: 'Start no more steps of a run; what runs goes on',
      responses: standing,
      handle: (about) => held(about, 'paused', about.runs.pause(about.runId)),
    },
    {
      ...change,
      path: `${runPath}/resume`,
      action: 'pause',
      operationId: 'resumeRun',
      summary: 'End the pause of a run',
      responses: standing,
      handle: (about) => held(about, 'running', about.runs.resume(about.runId)),
    },
    {
      ...change,
      path: `${runPath}/retry`,
      action: 'retry',
      operationId: 'retryRun',
      summary: 'Do again what failed, was undone or did not come about, with the results of the rest, as a new run',
      responses: { 202: { description: 'Begun; `Location` is the new run.', schema: lineRef } },
      handle({ runs, runId }, { publicPath }) {
        const next = runs.retry(runId)
        const location = `${publicPath}/workflows/runs/${encodeURIComponent(next.runId)}`
        return jsonText(202, JSON.stringify({ ...lineAfter(runs, next.runId), retryOf: runId }), { location })
      },
    },
    {
      method: 'DELETE',
      path: runPath,
      action: 'cancel',
      audited: true,
      operationId: 'cancelRun',
      summary: 'End a run: what runs is cancelled, and what was done is compensated',
      query: { reason: { type: 'string', minLength: 1, maxLength: 500 } },
      responses: standing,
      problems: [400, 409],
      handle({ runs, run, runId }, { query }) {
        if (runs.cancel(runId, query['reason'] as string | undefined)) return json(lineAfter(runs, runId))
        throw new TaskStateError(`run ${runId} cannot be cancelled: it is ${run.runStatus}`)
      },
    },
  ]
}

/** Whether there is such a run is told only to those who may know. */
function aboutRun({ options }: Service, { handle, ...route }: RunRoute): PlainRoute {
  const find = ({ params }: RouteContext) => {
    const runId = params['runId'] ?? ''
    return { runId, run: options.workflows?.get(runId) }
  }
  return {
    ...route,
    problems: [...(route.problems ?? []), 404, 501],
    targets(context) {
      const { runId, run } = find(context)
      return [run === undefined ? { runId } : { runId, workflow: run.name }]
    },
    handle(context) {
      const runs = runsOf(options.workflows)
      const { runId, run } = find(context)
      if (run === undefined) throw new HttpProblem('not-found', 'no run is kept with this id')
      return handle({ runs, run, runId }, context)
    },
  }
}

/** Asking twice for the same is no mistake. */
function held({ runs, runId }: AboutRun, wanted: 'paused' | 'running', done: boolean): PlainResponse {
  const line = lineAfter(runs, runId)
  if (done || line.status === wanted) return json(line)
  throw new TaskStateError(`run ${runId} is ${line.status}: there is nothing to pause or to resume`)
}

/** What an answer to a change says of its run. */
function lineAfter(runs: WorkflowsSource, runId: string): { runId: string; workflow: string; status: string } {
  const { name: workflow = '', runStatus: status = 'completed' } = runs.get(runId) ?? {}
  return { runId, workflow, status }
}

function runsOf(runs: WorkflowsSource | undefined): WorkflowsSource {
  if (runs !== undefined) return runs
  throw new HttpProblem(
    'not-given',
    'the routes know of no workflows: give them `workflows`, the WorkflowRuns of yours',
  )
}

function listSchema(field: string, items: Schema): Schema {
  return { type: 'object', required: [field], properties: { [field]: { type: 'array', items } } }
}

function json(data: object): PlainResponse {
  return jsonText(200, JSON.stringify(data))
}
