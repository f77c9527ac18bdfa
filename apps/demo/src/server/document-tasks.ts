// The tasks behind the routes: notifications and e-mails go out by SMTP, payments and analytics are entered in files.
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { NonRetryableError, TaskPriority } from '@catzilla/api'
import { object, array, number, parse } from 'valibot'
import { defineSendEmail } from '../mail/send-email.ts'
import type { SendEmail } from '../mail/send-email.ts'

/** Raw data, processed. */
export interface ProcessedData {
  readonly dataId: number
  readonly values: readonly number[]
  readonly processedAt: string
}

export interface DataAnalysis {
  readonly dataId: number
  readonly mean: number
  readonly count: number
}

export interface DocumentTasks {
  readonly sendNotification: Task<[userId: number, message: string], string>
  readonly processPayment: Task<[paymentId: number, amount: number], string>
  readonly updateAnalytics: Task<[userId: number, action: string], string>
  readonly sendEmail: SendEmail
  readonly processRawData: Task<[dataId: number, rawData: string], ProcessedData>
  readonly analyzeData: Task<[processTaskId: string], DataAnalysis>
  readonly storeResults: Task<[analyzeTaskId: string], string>
}

/** Tasks that clients may submit by name, besides through the routes. */
export const exposedTasks: readonly string[] = ['send_notification', 'update_analytics', 'send_email']

const rawDataSchema = object({ values: array(number()) })

/**
 * @param smtpPort of the mail server
 * @param outFolder where payments, analytics and results are kept
 */
export function defineDocumentTasks(tasks: BackgroundTasks, smtpPort: number, outFolder: string): DocumentTasks {
  const sendEmail = defineSendEmail(tasks, smtpPort, 'send_email')
  return { sendEmail, ...defineMessages(tasks, sendEmail, outFolder), ...definePipeline(tasks, outFolder) }
}

function defineMessages(tasks: BackgroundTasks, sendEmail: SendEmail, outFolder: string) {
  return {
    sendNotification: tasks.task(
      { name: 'send_notification', priority: TaskPriority.HIGH },
      async (userId: number, message: string) => {
        await sendEmail(`user-${userId}@example.org`, 'Notification', message)
        return `Notification sent to ${userId}`
      },
    ),
    processPayment: tasks.task(
      { name: 'process_payment', priority: TaskPriority.CRITICAL },
      async (paymentId: number, amount: number) => {
        await appendFile(join(outFolder, 'payments.jsonl'), line({ paymentId, amount }))
        return `Payment ${paymentId} of $${amount} processed`
      },
    ),
    updateAnalytics: tasks.task({ name: 'update_analytics' }, async (userId: number, action: string) => {
      await appendFile(join(outFolder, 'analytics.jsonl'), line({ userId, action }))
      return `Analytics updated for user ${userId}: ${action}`
    }),
  }
}

/** Each step waits for the one before by its id, and fails when that failed. Few wait at once, so most slots stay free. */
function definePipeline(tasks: BackgroundTasks, outFolder: string) {
  return {
    processRawData: tasks.task(
      { name: 'process_raw_data', priority: TaskPriority.HIGH },
      (dataId: number, rawData: string): ProcessedData => ({
        dataId,
        values: readRawData(dataId, rawData),
        processedAt: new Date().toISOString(),
      }),
    ),
    analyzeData: tasks.task({ name: 'analyze_data', concurrency: 8 }, async (processTaskId: string) => {
      const { dataId, values } = (await resultOf(tasks, processTaskId)) as ProcessedData
      const sum = values.reduce((total, value) => total + value, 0)
      return { dataId, mean: values.length === 0 ? 0 : sum / values.length, count: values.length }
    }),
    storeResults: tasks.task(
      { name: 'store_results', priority: TaskPriority.LOW, concurrency: 8 },
      async (analyzeTaskId: string) => {
        const analysis = (await resultOf(tasks, analyzeTaskId)) as DataAnalysis
        await appendFile(join(outFolder, 'analyses.jsonl'), line(analysis))
        return `Stored analysis for data_id ${analysis.dataId}`
      },
    ),
  }
}

function readRawData(dataId: number, rawData: string): readonly number[] {
  try {
    return parse(rawDataSchema, JSON.parse(rawData)).values
  } catch (thrown) {
    // another attempt would read the same
    throw new NonRetryableError(`data ${dataId}: ${(thrown as Error).message}`, { cause: thrown })
  }
}

/** The result of another task, as soon as it has one. */
async function resultOf(tasks: BackgroundTasks, taskId: string): Promise<unknown> {
  const settled = new Promise<void>((resolve) => {
    const stops = (['completed', 'failed', 'cancelled', 'expired'] as const).map((type) =>
      tasks.on(type, (event) => {
        if (event.taskId !== taskId) return
        for (const stop of stops) stop()
        resolve()
      }),
    )
  })
  let found = await tasks.getTask(taskId)
  if (found?.outcome === null) {
    await settled
    found = await tasks.getTask(taskId)
  }
  const outcome = found?.outcome
  if (outcome?.status === 'completed') return outcome.value
  throw new NonRetryableError(`the step before, ${taskId}, gave no result`, { cause: outcome?.error })
}

function line(entry: object): string {
  return `${JSON.stringify({ ...entry, at: new Date().toISOString() })}\n`
}
