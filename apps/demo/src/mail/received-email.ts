// Reads a message as it came over the wire: headers, an empty line, a body of plain ASCII text.

/** A message as the server received it. */
export interface ReceivedEmail {
  /** Sender and recipients of the envelope: what the server was told, not what the headers say. */
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly body: string
}

/** @throws Error for a message that is encoded: the demo sends none */
export function readEmail(source: string, from: string, to: readonly string[]): ReceivedEmail {
  const end = source.indexOf('\r\n\r\n')
  if (end === -1) throw new Error('the message has no body')
  const headers = readHeaders(source.slice(0, end))
  const encoding = headers.get('content-transfer-encoding') ?? '7bit'
  if (encoding !== '7bit') throw new Error(`the message is encoded as ${encoding}, which the demo does not read`)
  const body = source
    .slice(end + 4)
    .replaceAll('\r\n', '\n')
    .trimEnd()
  return { from, to, subject: headers.get('subject') ?? '', body }
}

/** Headers by lower-case name; folded ones are joined. */
function readHeaders(text: string): Map<string, string> {
  const lines = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}
