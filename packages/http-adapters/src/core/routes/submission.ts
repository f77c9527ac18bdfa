// Submitting: one task, or many of a kind. Only tasks that are exposed, with arguments that fit their schemas.
import { PayloadError, QueueFullError, TaskDefinitionError, UnknownTaskError, priorityNames } from '@catzilla/api'
import type { AnyTask, CallOptions, TaskBatch, TaskResult } from '@catzilla/api'
import { jsonText } from '../plain.ts'
import type { PlainRequest, PlainResponse } from '../plain.ts'
import { HttpProblem } from '../problem.ts'
import { isScoped, readIdempotencyKey, scopeOf, scopedKey } from '../idempotency-keys.ts'
import type { RouteContext, RouteGroup } from '../route.ts'
import type { Issue, Schema } from '../schema.ts'
import type { Service } from '../service.ts'

type SubmitOptions = CallOptions<readonly unknown[], unknown>

interface Submission {
  readonly task: string
  readonly args?: readonly unknown[]
  readonly options?: SubmitOptions
}

interface BatchSubmission {
  readonly task: string
  readonly argsList: readonly (readonly unknown[])[]
  readonly options?: SubmitOptions
}

/** Arguments of one task: they are handed to a function, and the stack has to hold them. */
export const argsSchema: Schema = { type: 'array', maxItems: 1000 }

/** What a client may say of its task. Where it runs, what code is loaded and who is called back stays with the server. */
const optionsSchema: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    priority: { type: 'string', enum: priorityNames },
    delayMs: { type: 'number', minimum: 0 },
    runAt: { type: 'number', minimum: 0, description: 'Epoch milliseconds.' },
    expireAfterMs: { type: 'number', minimum: 0 },
    maxRetries: { type: 'integer', minimum: 0, maximum: 100 },
    timeoutMs: { type: 'number', minimum: 1 },
    uniqueKey: { type: 'string', minLength: 1, maxLength: 200 },
    onConflict: { type: 'string', enum: ['existing', 'reject'] },
    tags: { type: 'array', maxItems: 50, items: { type: 'string', minLength: 1, maxLength: 200 } },
    metadata: { type: 'object' },
  },
}

const taskName: Schema = { type: 'string', minLength: 1, maxLength: 200, description: 'Name of an exposed task.' }
const accepted = {
  description: 'Taken; `Location` is the address of the task.',
  schema: { $ref: '#/components/schemas/Accepted' },
} as const
const problems = [404, 409, 413, 415, 422, 429, 503]

/** How long a task whose schema works asynchronously waits for room before that is a 429. */
const ROOM_MS = 1000

export function submissionRoutes(service: Service): RouteGroup {
  const { maxBatch } = service.options
  return {
    name: 'submission',
    description: 'Submitting tasks.',
    schemas: {
      TaskOptions: optionsSchema,
      Accepted: {
        type: 'object',
        required: ['taskId', 'name', 'status'],
        properties: { taskId: { type: 'string' }, name: { type: 'string' }, status: { type: 'string' } },
      },
    },
    routes: [
      {
        method: 'POST',
        path: '/',
        action: 'submit',
        operationId: 'submitTask',
        summary: 'Submit a task; an `Idempotency-Key` makes repeating safe',
        body: {
          type: 'object',
          required: ['task'],
          additionalProperties: false,
          properties: { task: taskName, args: argsSchema, options: optionsSchema },
        },
        headers: {
          'Idempotency-Key': {
            type: 'string',
            minLength: 1,
            maxLength: 200,
            description: 'A request that the same client repeats with the same key gives the task of the first time.',
          },
        },
        responses: { 202: accepted },
        problems,
        targets: ({ body }) => [{ taskName: (body as Submission).task }],
        handle: (context) => submitOne(service, context),
      },
      {
        method: 'POST',
        path: '/batch',
        action: 'submit',
        operationId: 'submitBatch',
        summary: `Submit up to ${maxBatch} tasks of a kind, all or none`,
        body: {
          type: 'object',
          required: ['task', 'argsList'],
          additionalProperties: false,
          properties: {
            task: taskName,
            argsList: {
              type: 'array',
              minItems: 1,
              maxItems: maxBatch,
              items: argsSchema,
              description: 'The arguments of each task.',
            },
            options: optionsSchema,
          },
        },
        responses: {
          202: {
            description: 'All were taken.',
            schema: {
              type: 'object',
              required: ['name', 'size', 'taskIds'],
              properties: {
                name: { type: 'string' },
                size: { type: 'integer' },
                taskIds: { type: 'array', items: { type: 'string' } },
              },
            },
          },
        },
        problems,
        targets: ({ body }) => [{ taskName: (body as BatchSubmission).task }],
        handle: (context) => submitMany(service, context),
      },
    ],
  }
}

function submitOne(service: Service, context: RouteContext): PlainResponse | Promise<PlainResponse> {
  const { task: name, args = [], options } = context.body as Submission
  const task = exposedTask(service, name)
  if (options?.uniqueKey !== undefined) requireOwnKey(options.uniqueKey)
  const key = readIdempotencyKey(context.request.header('idempotency-key'))
  if (key !== undefined) return submitOnce(service, context, task, scopedKey(scopeOf(context), key))
  return answerTaken(service, context, submit(options === undefined ? task : task.with(options), args, context.request))
}

/** Answers once the engine holds the task: at once, where it does so at once. */
export function answerTaken(
  service: Service,
  context: RouteContext,
  submitted: TaskResult<unknown> | Promise<TaskResult<unknown>>,
): PlainResponse | Promise<PlainResponse> {
  if (submitted instanceof Promise) return submitted.then((result) => answerTaken(service, context, result))
  const held = service.acceptance.of(submitted)
  return held === undefined ? acceptedAnswer(context, submitted) : held.then(() => acceptedAnswer(context, submitted))
}

/** What a client names a task by must not be what another client's idempotency key has become. @throws HttpProblem 422 */
function requireOwnKey(uniqueKey: string): void {
  if (!isScoped(uniqueKey)) return
  const issues = [
    { path: ['options', 'uniqueKey'], message: 'has the form of keys that are kept for `Idempotency-Key`' },
  ]
  throw new HttpProblem('unprocessable', 'the body does not fit', { issues })
}

/** With a key: a request that is repeated gives the task of the first time. */
async function submitOnce(service: Service, context: RouteContext, task: AnyTask, key: string): Promise<PlainResponse> {
  const { task: name, args = [], options = {} } = context.body as Submission
  const content = [args, options]
  const before = service.keys.find(name, key, content)
  if (before !== undefined) {
    // one that is kept no longer has settled, well or badly: it must not run again all the same
    const known = await service.tasks.getTask(before)
    const replayed = { taskId: before, name, status: known?.status ?? 'settled' }
    return acceptedAnswer(context, replayed, { 'idempotency-replayed': 'true' })
  }
  const result = await submit(task.with({ ...options, uniqueKey: key }), args, context.request)
  service.keys.remember(name, key, content, result.taskId)
  await result.accepted
  return acceptedAnswer(context, result)
}

async function submitMany(service: Service, { body, request }: RouteContext): Promise<PlainResponse> {
  const { task: name, argsList, options } = body as BatchSubmission
  if (request.header('idempotency-key') !== undefined || options?.uniqueKey !== undefined) {
    throw new HttpProblem('unprocessable', 'a batch cannot share one key; submit its tasks one by one')
  }
  const task = exposedTask(service, name)
  const { results } = batchOf(options === undefined ? task : task.with(options), argsList)
  await Promise.all(results.map((result) => result.accepted))
  const taskIds = results.map(({ taskId }) => taskId)
  return jsonText(202, JSON.stringify({ name, size: taskIds.length, taskIds }))
}

/** A task that is not exposed is not there, as far as a client can tell. @throws UnknownTaskError */
export function exposedTask({ tasks, options }: Service, name: string): AnyTask {
  try {
    if (options.expose.has(name)) return tasks.taskNamed(name)
  } catch {
    // its message would name others that are there
  }
  throw new UnknownTaskError(
    `no task named ${JSON.stringify(name)} can be submitted here: it has to be defined, and named in \`expose\` of the routes`,
  )
}

/** @throws QueueFullError, PayloadError with paths from the body inwards, EngineClosedError, UniqueKeyConflictError */
export function submit(
  task: AnyTask,
  args: readonly unknown[],
  request: PlainRequest,
): TaskResult<unknown> | Promise<TaskResult<unknown>> {
  try {
    return task.delay(...args)
  } catch (thrown) {
    if (thrown instanceof PayloadError) throw withPath(thrown, ['args'])
    // what the definition of an exposed task can still lack is a schema that answers at once
    if (thrown instanceof TaskDefinitionError) return submitLater(task, args, request)
    throw thrown
  }
}

function batchOf(task: AnyTask, argsList: readonly (readonly unknown[])[]): TaskBatch<unknown> {
  try {
    return task.batch(argsList)
  } catch (thrown) {
    throw thrown instanceof PayloadError ? withPath(thrown, ['argsList']) : thrown
  }
}

/** For schemas that work asynchronously, which only `enqueue` waits for. */
async function submitLater(
  task: AnyTask,
  args: readonly unknown[],
  request: PlainRequest,
): Promise<TaskResult<unknown>> {
  const waiting = new AbortController()
  const giveUp = (): void => waiting.abort()
  const patience = setTimeout(giveUp, ROOM_MS)
  request.signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await task.with({ signal: waiting.signal }).enqueue(...args)
  } catch (thrown) {
    if (waiting.signal.aborted) throw new QueueFullError(`task '${task.taskName}': there was no room in the queue`)
    throw thrown instanceof PayloadError ? withPath(thrown, ['args']) : thrown
  } finally {
    clearTimeout(patience)
    request.signal.removeEventListener('abort', giveUp)
  }
}

function withPath(error: PayloadError, prefix: Issue['path']): PayloadError {
  const issues = error.issues.map(({ path, message }) => ({ path: [...prefix, ...path], message }))
  return new PayloadError(error.message, issues, { cause: error })
}

function acceptedAnswer(
  { publicPath }: RouteContext,
  { taskId, name, status }: { readonly taskId: string; readonly name: string; readonly status: string },
  headers?: Readonly<Record<string, string>>,
): PlainResponse {
  const id = encodeURIComponent(taskId)
  const location = `${publicPath}/${id}`
  // what an address takes as it is needs no escapes in JSON either, and states are words: most answers are only put together
  const text =
    id === taskId
      ? `{"taskId":"${id}","name":${JSON.stringify(name)},"status":"${status}"}`
      : JSON.stringify({ taskId, name, status })
  return jsonText(202, text, headers === undefined ? { location } : { location, ...headers })
}
