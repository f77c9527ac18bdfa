// Scene: a mail server that says "try again later" twice. The task fails with its 451, and the engine runs it again.
import { formatDuration } from '../closing-report.ts'
import { sender } from '../mail/send-email.ts'
import type { Stage } from '../stage.ts'

const recipient = 'grete@example.org'
const subject = 'Your parcel is on its way'
const body = 'Dear Grete,\n\nit should arrive on Thursday.'
const refusals = 2

/** Sends an e-mail to a recipient that the server has greylisted. */
export async function greylistingScene({ mailServer, sendEmail, terminal, checks, ledger }: Stage): Promise<void> {
  terminal.heading('7. Greylisting: a task that fails twice and then succeeds')
  mailServer.greylist(recipient, refusals)
  const result = sendEmail
    .with({
      onRetry: (attempt, error, delayMs) => {
        terminal.line(`attempt ${attempt}: ${error.message}; again in ${formatDuration(delayMs)}`)
      },
    })
    .delay(recipient, subject, body)
  const answer = await result.wait()
  const attempts = result.getStats().retries + 1
  terminal.line(`attempt ${attempts}: ${answer}`)

  checks.equal(mailServer.refused, refusals, 'the mail server refused the e-mail twice')
  checks.equal(attempts, refusals + 1, 'the third attempt got through')
  checks.equal(
    mailServer.receivedFor(recipient),
    [{ from: sender, to: [recipient], subject, body }],
    'the greylisted e-mail arrived once, as it was sent',
  )
  ledger.enter(result, 'greylisted: 451, 451, 250')
}
