// The routes of the design documents, each with the body that they print; one definition for all frameworks.
import type { BackgroundTasks } from '@catzilla/api'
import * as v from 'valibot'
import { priorityNamed, priorityOfSubject } from '../mail/email-priority.ts'
import type { DocumentTasks } from './document-tasks.ts'
import { documentFigures, documentHealth, documentStatistics } from './document-figures.ts'

/** What a route is given, whatever the framework. */
export interface RouteInput {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Undefined when there was none. */
  readonly body: unknown
}

export interface RouteAnswer {
  readonly status: number
  readonly body: unknown
}

export interface DocumentRoute {
  readonly method: 'GET' | 'POST'
  /** As Express, Koa's router and Hono all write it. */
  readonly path: string
  readonly answer: (input: RouteInput) => RouteAnswer
}

const id = v.pipe(v.union([v.number(), v.pipe(v.string(), v.decimal(), v.transform(Number))]), v.safeInteger())
const amount = v.union([v.number(), v.pipe(v.string(), v.decimal(), v.transform(Number))])
const email = v.object({
  recipient: v.pipe(v.string(), v.email()),
  subject: v.string(),
  body: v.string(),
  priority: v.optional(v.string(), 'normal'),
})

export function documentRoutes(tasks: BackgroundTasks, document: DocumentTasks): readonly DocumentRoute[] {
  return [...messageRoutes(document), ...emailRoutes(document), pipelineRoute(document), ...figureRoutes(tasks)]
}

function messageRoutes({ sendNotification, processPayment }: DocumentTasks): DocumentRoute[] {
  return [
    {
      method: 'POST',
      path: '/notify',
      answer: withInput(v.object({ user_id: id, message: v.string() }), ({ user_id, message }) => {
        const { taskId } = sendNotification.delay(user_id, message)
        return { task_id: taskId, status: 'scheduled', priority: 'high' }
      }),
    },
    {
      method: 'POST',
      path: '/payment',
      answer: withInput(v.object({ payment_id: id, amount }), ({ payment_id, amount: paid }) => {
        const { taskId } = processPayment.delay(payment_id, paid)
        return { payment_task_id: taskId }
      }),
    },
    {
      method: 'POST',
      path: '/users/:userId/notify',
      answer: withInput(v.object({ userId: id, message: v.string() }), ({ userId, message }) => {
        const { taskId } = sendNotification.delay(userId, message)
        return { task_id: taskId, status: 'queued' }
      }),
    },
  ]
}

function emailRoutes({ sendEmail }: DocumentTasks): DocumentRoute[] {
  return [
    {
      method: 'POST',
      path: '/email/send',
      answer: withInput(email, ({ recipient, subject, body, priority }) => {
        const { taskId } = sendEmail.with({ priority: priorityNamed(priority) }).delay(recipient, subject, body)
        return { task_id: taskId, recipient, priority, status: 'scheduled' }
      }),
    },
    {
      method: 'POST',
      path: '/email/batch',
      answer: withInput(v.pipe(v.array(email), v.maxLength(1000)), (emails) => {
        const taskIds = emails.map(({ recipient, subject, body }) => {
          const priority = priorityOfSubject(subject)
          return sendEmail.with({ priority }).delay(recipient, subject, body).taskId
        })
        return {
          batch_size: emails.length,
          task_ids: taskIds,
          estimated_completion: `${(emails.length * 0.1).toFixed(1)} seconds`,
        }
      }),
    },
  ]
}

function pipelineRoute({ processRawData, analyzeData, storeResults }: DocumentTasks): DocumentRoute {
  return {
    method: 'POST',
    path: '/data/process',
    answer: withInput(v.object({ data_id: id, raw_data: v.string() }), ({ data_id, raw_data }) => {
      const process = processRawData.delay(data_id, raw_data).taskId
      const analyze = analyzeData.delay(process).taskId
      const store = storeResults.delay(analyze).taskId
      return { pipeline_id: `pipeline_${data_id}`, tasks: { process, analyze, store }, status: 'pipeline_scheduled' }
    }),
  }
}

/** Both documents have `/tasks/stats`, each with a body of its own: `?shape=flat` is document A's. */
function figureRoutes(tasks: BackgroundTasks): DocumentRoute[] {
  return [
    {
      method: 'GET',
      path: '/tasks/stats',
      answer: ({ query }) => ({
        status: 200,
        body:
          query['shape'] === 'flat' ? documentStatistics(tasks.getStats()) : documentFigures(tasks.monitor.getStats()),
      }),
    },
    {
      method: 'GET',
      path: '/tasks/health',
      answer() {
        const { healthy } = tasks.monitor.health()
        return { status: healthy ? 200 : 503, body: documentHealth(healthy, tasks.getStats()) }
      },
    },
  ]
}

/** Fields may come in the body, the query or the path, as the documents' framework takes them. */
function withInput<S extends v.GenericSchema>(
  schema: S,
  answer: (input: v.InferOutput<S>) => unknown,
): DocumentRoute['answer'] {
  return ({ params, query, body }) => {
    const given = Array.isArray(body) ? body : { ...query, ...(body as object | undefined), ...params }
    const checked = v.safeParse(schema, given)
    if (checked.success) return { status: 200, body: answer(checked.output) }
    return { status: 422, body: { detail: checked.issues.map(describe) } }
  }
}

function describe(issue: v.BaseIssue<unknown>): { readonly path: string | null; readonly message: string } {
  return { path: v.getDotPath(issue), message: issue.message }
}
