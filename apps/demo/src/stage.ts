// What every scene is given.
import type { BackgroundTasks } from '@catzilla/api'
import type { Checks } from './checks.ts'
import type { Ledger } from './ledger.ts'
import type { MailServer } from './mail/mail-server.ts'
import type { SendEmail } from './mail/send-email.ts'
import type { Serving } from './scenes/http.ts'
import type { Terminal } from './terminal.ts'

/** What every scene is given. */
export interface Stage {
  readonly tasks: BackgroundTasks
  readonly mailServer: MailServer
  readonly sendEmail: SendEmail
  /** An existing directory for results. */
  readonly outFolder: string
  readonly terminal: Terminal
  readonly checks: Checks
  readonly ledger: Ledger
  /** What the scene that serves HTTP stands on. */
  readonly serving: Serving
}
