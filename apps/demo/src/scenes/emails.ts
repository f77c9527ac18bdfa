// Scene: e-mails sent by SMTP, one with a priority chosen by name and a batch with priorities chosen by subject.
import type { TaskResult } from '@catzilla/api'
import { TaskPriority } from '@catzilla/api'
import { priorityNamed, priorityOfSubject } from '../mail/email-priority.ts'
import { sender } from '../mail/send-email.ts'
import type { Stage } from '../stage.ts'

/** An e-mail to be sent. */
interface Email {
  readonly recipient: string
  readonly subject: string
  readonly body: string
}

const single: Email & { priority: string } = {
  recipient: 'ada@example.org',
  subject: 'Your password was changed',
  body: 'Hello Ada,\n\nyour password was changed a moment ago.\nIf that was not you, please answer this e-mail.',
  priority: 'critical',
}

const batch: readonly Email[] = [
  { recipient: 'bo@example.org', subject: 'Invoice 1042', body: 'Dear Bo,\n\nyour invoice for March: 42.00 EUR.' },
  { recipient: 'cy@example.org', subject: 'Invoice 1043', body: 'Dear Cy,\n\nyour invoice for March: 17.50 EUR.' },
  { recipient: 'di@example.org', subject: 'URGENT: disk 91 % full', body: 'Host db-2, volume /var.\n.\n9 % are left.' },
  { recipient: 'ed@example.org', subject: 'Weekly digest', body: 'Three articles that you may have missed.' },
  { recipient: 'flo@example.org', subject: 'Urgent: certificate expires', body: 'In 3 days: mail.example.org' },
]

/** Sends the e-mails and compares what arrived with what was sent. */
export async function emailScene(stage: Stage): Promise<void> {
  const { ledger, terminal } = stage
  terminal.heading('1. E-mails by SMTP')
  const one = stage.sendEmail
    .with({ priority: priorityNamed(single.priority) })
    .delay(single.recipient, single.subject, single.body)
  terminal.line(`${one.name} "${single.subject}" answered: ${await one.wait()}`)

  const results = batch.map(({ recipient, subject, body }) =>
    stage.sendEmail.with({ priority: priorityOfSubject(subject) }).delay(recipient, subject, body),
  )
  let sent = 0
  for (const result of results) {
    result.addCallback(() => terminal.progress(++sent / results.length, `${sent} of ${results.length} e-mails`))
  }
  await Promise.all(results.map((result) => result.wait()))

  for (const email of [single, ...batch]) checkArrival(stage, email)
  checkOrder(stage, results)
  terminal.line(
    `all ${batch.length + 1} arrived as sent: envelope, subject and body; the urgent ones were started first`,
  )
  ledger.enter(one, single.subject)
  results.forEach((result, index) => ledger.enter(result, batch[index]?.subject ?? ''))
}

function checkArrival({ checks, mailServer }: Stage, { recipient, subject, body }: Email): void {
  checks.equal(
    mailServer.receivedFor(recipient),
    [{ from: sender, to: [recipient], subject, body }],
    `the mail server received "${subject}" for ${recipient} once, as it was sent`,
  )
}

/** Tasks that are submitted together start in the order of their priority. */
function checkOrder({ checks }: Stage, results: readonly TaskResult<string>[]): void {
  const stats = results.map((result) => result.getStats())
  const urgent = stats.filter(({ priority }) => priority === TaskPriority.HIGH)
  const normal = stats.filter(({ priority }) => priority === TaskPriority.NORMAL)
  checks.equal([urgent.length, normal.length], [2, 3], 'two e-mails of the batch are urgent, three are not')
  const lastUrgent = Math.max(...urgent.map(({ startedAt }) => startedAt ?? Infinity))
  const firstNormal = Math.min(...normal.map(({ startedAt }) => startedAt ?? 0))
  checks.holds(lastUrgent <= firstNormal, 'no e-mail of the batch was started before the urgent ones')
}
