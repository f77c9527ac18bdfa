// A way to a server that can fall silent: connections stay, and nothing comes through any more. With a certificate its clients
// speak TLS.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

export class Proxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isDeaf = false
  /** How many have connected. */
  connections = 0

  constructor(target: URL, certificate?: Certificate) {
    const serve = (client: Socket): void => this.#join(client, connect(Number(target.port), target.hostname))
    this.#server = certificate === undefined ? createServer(serve) : createTlsServer({ ...certificate }, serve)
    // whoever does not trust the certificate hangs up
    this.#server.on('tlsClientError', () => {})
  }

  /** The port. */
  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Whoever is connected hears nothing more. @param forEver nor does anybody who comes later */
  hush(forEver: boolean): void {
    this.#isDeaf = forEver
    for (const socket of this.#sockets) {
      socket.unpipe()
      socket.pause()
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, server: Socket): void {
    this.connections++
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
      if (!this.#isDeaf) one.pipe(other)
    }
  }
}
