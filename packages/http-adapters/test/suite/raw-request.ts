// A request written byte by byte: clients mend what is to be tested.
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** Sends `lines` and a body as they are, and gives the whole answer; the server is asked to close. */
export async function rawRequest(origin: string, lines: readonly string[], body = '', host?: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  const [first, ...rest] = lines
  socket.write([first, `Host: ${host ?? `${hostname}:${port}`}`, 'Connection: close', ...rest, '', body].join('\r\n'))
  return text(socket)
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
}
