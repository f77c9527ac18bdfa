// The options of the routes: one row each, with its default and its check.
import { ConfigurationError, checkOptions, is } from '@catzilla/api'
import type { AnyTask, OptionTable } from '@catzilla/api'
import type { Authorize } from './authorization.ts'
import type { MonitorSource } from './monitor.ts'
import type { RouteGroup } from './route.ts'
import type { WorkflowsSource } from './workflows/source.ts'

/** What of a task is about to be shown. */
export interface RedactionSubject {
  readonly kind: 'args' | 'result' | 'metadata' | 'error' | 'log'
  readonly taskName: string
}

/** Options of the routes; all optional. `Request` is the request of the framework. */
export interface TaskRoutesOptions<Request = unknown> {
  /** Where the routes are, below the place at which they are mounted: `'/tasks'`. `'/'` puts them at that very place. */
  readonly path?: string
  /** The same as clients see it, where a proxy adds to it, such as `/shop/tasks`; by default as the server sees it. */
  readonly publicPath?: string
  /** The tasks that may be submitted, by name or as they are: none. */
  readonly expose?: readonly (string | AnyTask | { readonly taskName: string })[]
  /**
   * Asked for every route but health. Without it only health answers, and reading to requests of this machine;
   * `'this-machine'` opens everything to those, for development.
   */
  readonly authorize?: Authorize<Request> | 'this-machine'
  /** Gives what is shown in place of arguments, results, metadata, errors and log lines: everything as it is. */
  readonly redact?: (value: unknown, subject: RedactionSubject) => unknown
  /** Whether answers carry stacks of errors: false. */
  readonly includeStacks?: boolean
  /** Origins of other sites whose pages may change something: none. */
  readonly allowedOrigins?: readonly string[]
  /** What a 401 asks for: `'Bearer'`. */
  readonly wwwAuthenticate?: string
  /** Largest body: 1 MiB. */
  readonly maxBodyBytes?: number
  /** Tasks of one batch: 1000. */
  readonly maxBatch?: number
  /** Longest `waitMs` of a long poll: 30000. */
  readonly maxWaitMs?: number
  /** Long polls at once: 1000. */
  readonly maxWaiters?: number
  /** Streams of events at once, and as many of runs of workflows: 100. */
  readonly maxStreams?: number
  /** Events kept for streams that come again: 1000. */
  readonly eventBacklog?: number
  /** Pause between signs of life on a stream: 15000. */
  readonly heartbeatMs?: number
  /** What a stream may have unsent before its client is given up as too slow: 256 KiB. */
  readonly maxStreamBufferBytes?: number
  /** `Retry-After` of 429 and 503: 1. */
  readonly retryAfterSeconds?: number
  /** How long a repeated `Idempotency-Key` gives the task of the first time: 600000. */
  readonly idempotencyMs?: number
  /** A `TaskMonitor`; by default one is made where `@catzilla/monitor` is installed. */
  readonly monitor?: MonitorSource
  /** Folder of the dashboard; by default that of `@catzilla/monitor`. */
  readonly dashboard?: string
  /** The `WorkflowRuns` that workflows were defined with: their runs can then be looked at and controlled. */
  readonly workflows?: WorkflowsSource
  /** Routes of other packages. */
  readonly groups?: readonly RouteGroup[]
}

export interface ResolvedOptions {
  readonly path: string
  readonly publicPath: string | undefined
  readonly expose: ReadonlySet<string>
  readonly authorize: Authorize | 'this-machine' | undefined
  readonly redact: ((value: unknown, subject: RedactionSubject) => unknown) | undefined
  readonly includeStacks: boolean
  readonly allowedOrigins: readonly string[]
  readonly wwwAuthenticate: string
  readonly maxBodyBytes: number
  readonly maxBatch: number
  readonly maxWaitMs: number
  readonly maxWaiters: number
  readonly maxStreams: number
  readonly eventBacklog: number
  readonly heartbeatMs: number
  readonly maxStreamBufferBytes: number
  readonly retryAfterSeconds: number
  readonly idempotencyMs: number
  readonly monitor: MonitorSource | undefined
  readonly dashboard: string | undefined
  readonly workflows: WorkflowsSource | undefined
  readonly groups: readonly RouteGroup[]
}

const isPath = (value: unknown): boolean => typeof value === 'string' && /^\/(?!\/)[\w\-./~%]*$/.test(value)
const isList = (value: unknown): boolean => Array.isArray(value)
const path = "a path such as '/tasks'"

function count(byDefault: string, about: string, min = 1): OptionTable[string] {
  return { byDefault, accepts: `an integer ≥ ${min}`, about, check: is.integer(min) }
}

const table: OptionTable = {
  path: { byDefault: "'/tasks'", accepts: path, about: 'Where the routes are.', check: isPath },
  publicPath: {
    byDefault: 'as the server sees it',
    accepts: path,
    about: 'The same as clients see it.',
    check: isPath,
  },
  expose: {
    byDefault: '[]',
    accepts: 'an array of tasks or their names',
    about: 'Tasks that may be submitted.',
    check: (value) => isList(value) && (value as unknown[]).every((item) => nameOf(item) !== undefined),
  },
  authorize: {
    byDefault: 'none',
    accepts: "a function or 'this-machine'",
    about: 'Who may do what.',
    check: (value) => is.function(value) || value === 'this-machine',
  },
  redact: { byDefault: 'none', accepts: 'a function', about: 'What is shown instead.', check: is.function },
  includeStacks: { byDefault: 'false', accepts: 'true or false', about: 'Stacks in answers.', check: is.boolean },
  allowedOrigins: {
    byDefault: '[]',
    accepts: "an array of origins such as 'https://example.org'",
    about: 'Other sites that may change something.',
    check: (value) => isList(value) && (value as unknown[]).every((item) => /^https?:\/\/[^/]+$/.test(String(item))),
  },
  wwwAuthenticate: {
    byDefault: "'Bearer'",
    accepts: 'a header value without line breaks',
    about: 'What a 401 asks for.',
    check: (value) => typeof value === 'string' && /^[\u0020-\u007E]+$/.test(value),
  },
  maxBodyBytes: count('1048576', 'Largest body.'),
  maxBatch: count('1000', 'Tasks of one batch.'),
  maxWaitMs: count('30000', 'Longest long poll, in milliseconds.', 0),
  maxWaiters: count('1000', 'Long polls at once.'),
  maxStreams: count('100', 'Event streams at once.'),
  eventBacklog: count('1000', 'Events kept for streams that come again.'),
  heartbeatMs: count('15000', 'Pause between signs of life, in milliseconds.'),
  maxStreamBufferBytes: count('262144', 'What a stream may have unsent.'),
  retryAfterSeconds: count('1', '`Retry-After` of 429 and 503.'),
  idempotencyMs: count('600000', 'How long a repeated `Idempotency-Key` is known.', 0),
  monitor: { byDefault: 'made where installed', accepts: 'a TaskMonitor', about: 'Its figures.', check: is.object },
  dashboard: { byDefault: "the monitor's", accepts: 'a folder', about: 'Files of the dashboard.', check: is.text },
  workflows: { byDefault: 'none', accepts: 'a WorkflowRuns', about: 'Runs of workflows.', check: is.object },
  groups: { byDefault: '[]', accepts: 'an array of groups of routes', about: 'Further routes.', check: isList },
}

/** @throws ConfigurationError naming the option, the value it got and what it accepts */
export function resolveRoutesOptions<Request>(asked: TaskRoutesOptions<Request> = {}): ResolvedOptions {
  checkOptions(table, asked, 'taskRoutes')
  return {
    path: trimmed(asked.path ?? '/tasks'),
    publicPath: asked.publicPath === undefined ? undefined : trimmed(asked.publicPath),
    expose: new Set((asked.expose ?? []).map((item) => nameOf(item) ?? '')),
    // each edge hands over the request of its own framework
    authorize: asked.authorize as Authorize | 'this-machine' | undefined,
    redact: asked.redact,
    includeStacks: asked.includeStacks ?? false,
    allowedOrigins: asked.allowedOrigins ?? [],
    wwwAuthenticate: asked.wwwAuthenticate ?? 'Bearer',
    maxBodyBytes: asked.maxBodyBytes ?? 1_048_576,
    maxBatch: asked.maxBatch ?? 1000,
    maxWaitMs: asked.maxWaitMs ?? 30_000,
    maxWaiters: asked.maxWaiters ?? 1000,
    maxStreams: asked.maxStreams ?? 100,
    eventBacklog: asked.eventBacklog ?? 1000,
    heartbeatMs: asked.heartbeatMs ?? 15_000,
    maxStreamBufferBytes: asked.maxStreamBufferBytes ?? 262_144,
    retryAfterSeconds: asked.retryAfterSeconds ?? 1,
    idempotencyMs: asked.idempotencyMs ?? 600_000,
    monitor: asked.monitor,
    dashboard: asked.dashboard,
    workflows: asked.workflows,
    groups: asked.groups ?? [],
  }
}

/** `/` and `/tasks/` become what stands before a slash. */
function trimmed(text: string): string {
  if (text.split('/').some((part) => part === '..' || part === '.')) {
    throw new ConfigurationError(`taskRoutes: a path must not climb, got ${JSON.stringify(text)}`)
  }
  return text.replace(/\/+$/, '')
}

function nameOf(item: unknown): string | undefined {
  if (typeof item === 'string' && item !== '') return item
  if ((typeof item !== 'function' && typeof item !== 'object') || item === null) return undefined
  const { taskName } = item as { readonly taskName?: unknown }
  return typeof taskName === 'string' ? taskName : undefined
}
