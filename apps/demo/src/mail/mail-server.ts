// A real SMTP server on this machine that keeps what it receives and can greylist recipients, as cautious servers do.
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerDataStream, SMTPServerError, SMTPServerSession } from 'smtp-server'
import { readEmail } from './received-email.ts'
import type { ReceivedEmail } from './received-email.ts'

/** An SMTP server on 127.0.0.1, on a port that the system chooses. */
export class MailServer {
  /** Every message, in the order in which they arrived. */
  readonly received: ReceivedEmail[] = []
  readonly #server: SMTPServer
  readonly #refusalsLeft = new Map<string, number>()
  #refused = 0

  constructor() {
    this.#server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 1000,
      onRcptTo: ({ address }, _session, answer) => answer(this.#refusal(address)),
      onData: (stream, session, answer) => {
        this.#receive(stream, session).then(() => answer(null, 'kept'), answer)
      },
    })
    // a client that goes away in the middle of a message ends its own task, not the server
    this.#server.on('error', () => {})
  }

  /** Settles with the port when the server accepts connections. */
  async start(): Promise<number> {
    const listener = this.#server.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const address = listener.address()
    if (address === null || typeof address === 'string') throw new Error('the mail server has no port')
    return address.port
  }

  /** Refuses the next `times` deliveries to `recipient` with 451: try again later. */
  greylist(recipient: string, times: number): void {
    this.#refusalsLeft.set(recipient, times)
  }

  /** Deliveries refused with 451 so far. */
  get refused(): number {
    return this.#refused
  }

  /** The messages that arrived for `recipient`. */
  receivedFor(recipient: string): ReceivedEmail[] {
    return this.received.filter(({ to }) => to.includes(recipient))
  }

  /** Settles when every connection is closed. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve))
  }

  #refusal(recipient: string): SMTPServerError | null {
    const left = this.#refusalsLeft.get(recipient) ?? 0
    if (left === 0) return null
    this.#refusalsLeft.set(recipient, left - 1)
    this.#refused++
    return Object.assign(new Error('4.7.1 greylisted, try again later'), { responseCode: 451 })
  }

  async #receive(stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<void> {
    const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
    const to = envelope.rcptTo.map(({ address }) => address)
    this.received.push(readEmail(await text(stream), from, to))
  }
}
