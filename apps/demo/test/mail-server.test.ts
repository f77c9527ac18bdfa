// The mail server that the demo sends to, spoken to by nodemailer, and the reading of what arrives.
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MailServer } from '../src/mail/mail-server.ts'
import { readEmail } from '../src/mail/received-email.ts'

describe('the mail server', () => {
  let server: MailServer
  let port: number

  beforeEach(async () => {
    server = new MailServer()
    port = await server.start()
  })

  afterEach(() => server.close())

  function send(to: string, text: string): Promise<unknown> {
    const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
    return transport.sendMail({ from: 'a@example.org', to, subject: 'Hello', text })
  }

  it('keeps what it receives, also lines that begin with a dot', async () => {
    await send('b@example.org', 'one\n.\n..two\n')
    const email = { from: 'a@example.org', to: ['b@example.org'], subject: 'Hello', body: 'one\n.\n..two' }
    expect(server.received).toEqual([email])
    expect(server.receivedFor('b@example.org')).toEqual([email])
    expect(server.receivedFor('c@example.org')).toEqual([])
  })

  it('refuses a greylisted recipient as often as told, with a 4xx, and nobody else', async () => {
    server.greylist('b@example.org', 2)
    await expect(send('b@example.org', 'x')).rejects.toMatchObject({ responseCode: 451, permanent: false })
    await send('c@example.org', 'x')
    await expect(send('b@example.org', 'x')).rejects.toMatchObject({ responseCode: 451, permanent: false })
    await send('b@example.org', 'x')
    expect(server.refused).toBe(2)
    expect(server.received.map(({ to }) => to)).toEqual([['c@example.org'], ['b@example.org']])
  })

  it('answers with an error to a message that it cannot read', async () => {
    await expect(send('b@example.org', 'Grüße')).rejects.toThrow(/encoded as/)
    expect(server.received).toEqual([])
  })
})

describe('a received message', () => {
  it('has its folded headers joined', () => {
    const source = 'From: a\r\nSubject: one\r\n two\r\n\tthree\r\nX-Colon: a: b\r\n\r\nbody\r\n\r\nmore\r\n'
    expect(readEmail(source, 'a', ['b'])).toEqual({
      from: 'a',
      to: ['b'],
      subject: 'one two three',
      body: 'body\n\nmore',
    })
  })

  it('must have a body', () => {
    expect(() => readEmail('Subject: x\r\n', 'a', ['b'])).toThrow('no body')
  })
})
