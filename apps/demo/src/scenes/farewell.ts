// Scene: the end. A last e-mail is on its way when the shutdown begins, which waits for it.
import { shutdownLine } from '../closing-report.ts'
import { sender } from '../mail/send-email.ts'
import type { Stage } from '../stage.ts'

const recipient = 'operator@example.org'
const subject = 'Demo finished'

/** Shuts down while a task is waiting, and checks that it was completed first. */
export async function farewellScene({ tasks, mailServer, sendEmail, terminal, checks, ledger }: Stage): Promise<void> {
  terminal.heading('10. Graceful shutdown')
  const body = `Tasks entered in the table: ${ledger.rows.length + 1}\nClaims checked: ${checks.held}`
  const result = sendEmail.with({ priority: 'low' }).delay(recipient, subject, body)
  const report = await tasks.shutdown({ timeoutMs: 5000 })
  checks.equal(
    report,
    { completed: 1, cancelled: 0, requeued: 0, abandoned: [] },
    'the shutdown waited for the last task',
  )
  checks.equal(
    mailServer.receivedFor(recipient),
    [{ from: sender, to: [recipient], subject, body }],
    'the last e-mail arrived before the shutdown was over',
  )
  terminal.line(shutdownLine(report))
  ledger.enter(result, subject)
}
