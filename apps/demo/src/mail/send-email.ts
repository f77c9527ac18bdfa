// The task that sends an e-mail by SMTP.
import type { BackgroundTasks, Task } from '@catzilla/api'
import { NonRetryableError, currentTask } from '@catzilla/api'
import { createTransport } from 'nodemailer'
import type { NodemailerError } from 'nodemailer'

/** The sender of every e-mail of the demo. */
export const sender = 'demo@catzilla.example'

/** Takes recipient, subject and body; gives the server's answer. */
export type SendEmail = Task<[recipient: string, subject: string, body: string], string>

/** Defines the task, which delivers to the mail server on `port`. */
export function defineSendEmail(tasks: BackgroundTasks, port: number, name = 'email.send'): SendEmail {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, disableFileAccess: true })
  return tasks.task(
    { name, maxRetries: 3, retryDelayMs: 60, timeoutMs: 5000 },
    async (recipient: string, subject: string, body: string) => {
      // called by another task, it ends with that one
      const { signal } = currentTask()
      try {
        const sent = await transport.sendMail({ from: sender, to: recipient, subject, text: body, signal })
        return sent.response
      } catch (thrown) {
        throw isPermanent(thrown) ? new NonRetryableError(thrown.message, { cause: thrown }) : thrown
      }
    },
  )
}

/** Whether the server refused for good (5xx); with 4xx it says that it may accept later. */
function isPermanent(thrown: unknown): thrown is NodemailerError {
  return thrown instanceof Error && (thrown as NodemailerError).permanent === true
}
