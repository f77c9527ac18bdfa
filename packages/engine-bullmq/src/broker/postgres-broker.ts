// PostgreSQL: a pool for commands, and one connection that listens: to BullMQ's notice of new tasks, and to messages.
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { EngineUnavailableError } from '@catzilla/engine'
import { PostgresConnection, PostgresQueueBackend, runMigrations } from 'bullmq'
import pg from 'pg'
import type { Broker, Doorbell, QueueTerms } from './broker.ts'

/** The channel on which BullMQ tells of new tasks; the payload is the name of the queue. */
const TASKS_CHANNEL = 'bullmq_jobs'

/** Queues are looked into by themselves after so long. */
const LOOK_AGAIN_MS = 5000

const RECONNECT_MS = 250

export class PostgresBroker implements Broker {
  readonly kind = 'postgres'
  readonly terms: QueueTerms
  readonly bell: Doorbell = {
    arm: (queue, _marker, ring) => this.#arm(queue, ring),
    disarm: (queue) => this.#disarm(queue),
  }
  lostAt: number | null = null
  readonly #url: string
  readonly #silenceMs: number
  readonly #pool: pg.Pool
  readonly #clients = new Set<pg.PoolClient>()
  readonly #schema: string
  readonly #connection: PostgresConnection
  #listener: pg.Client | null = null
  readonly #armed = new Map<string, (dueAt: number) => void>()
  /** Queues of which was told while nobody waited: a fetch may have been under way that saw nothing yet. */
  readonly #told = new Set<string>()
  readonly #heard = new Map<string, (message: string) => void>()
  readonly #returned: (() => void)[] = []
  #lookAgain: NodeJS.Timeout | undefined
  #held = true
  #closed = false

  constructor(url: string, schema: string, silenceMs: number) {
    this.#url = url
    this.#silenceMs = silenceMs
    this.#schema = schema
    this.#pool = new pg.Pool({ ...this.#settings, max: 8, allowExitOnIdle: true })
    // an idle connection that breaks is replaced; commands tell their own failures
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => this.#clients.add(client))
    this.#pool.on('remove', (client) => this.#clients.delete(client))
    this.#connection = new PostgresConnection(
      this.#pool as unknown as ConstructorParameters<typeof PostgresConnection>[0],
    )
    Object.assign(this.#connection, { schema })
    const factory = ((name: string, opts: ConstructorParameters<typeof PostgresQueueBackend>[2]) =>
      new PostgresQueueBackend(this.#connection, name, opts, false)) as unknown as QueueTerms['factory']
    this.terms = { connection: {}, factory, prefix: schema }
  }

  get #settings(): pg.PoolConfig {
    return {
      connectionString: this.#url,
      options: `-c search_path="${this.#schema}"`,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 10_000,
      query_timeout: 60_000,
    }
  }

  async connect(): Promise<void> {
    try {
      const client = await this.#pool.connect()
      try {
        await runMigrations(client, this.#schema, {})
      } finally {
        client.release()
      }
      await this.#startListening()
    } catch (error) {
      await this.close()
      throw new EngineUnavailableError(
        `the postgres engine cannot use its broker: ${(error as Error).message}; start PostgreSQL there, or correct the engine URL and the rights of its user`,
        { cause: error },
      )
    }
    this.#lookAgain = setInterval(() => this.#ringAll(), LOOK_AGAIN_MS).unref()
  }

  async post(channel: string, message: string): Promise<void> {
    await this.#pool.query('select pg_notify($1, $2)', [this.#nameOf(channel), message])
  }

  async listen(channel: string, hear: (message: string) => void): Promise<void> {
    this.#heard.set(this.#nameOf(channel), hear)
    await this.#listener?.query(`listen ${pg.escapeIdentifier(this.#nameOf(channel))}`)
  }

  onReturn(listener: () => void): void {
    this.#returned.push(listener)
  }

  hold(wanted: boolean): void {
    this.#held = wanted
    const stream = this.#listener === null ? undefined : socketOf(this.#listener)
    if (wanted) stream?.ref()
    else stream?.unref()
  }

  async probe(): Promise<void> {
    const listener = this.#listener
    if (this.#closed || listener === null) return
    let silent: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      silent = setTimeout(() => {
        // all have the same way to the database
        for (const client of this.#clients) socketOf(client)?.destroy()
        this.#lost(listener)
        resolve()
      }, this.#silenceMs).unref()
    })
    await Promise.race([listener.query('select 1').catch(() => {}), late])
    clearTimeout(silent)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#lookAgain)
    await Promise.all([this.#listener?.end().catch(() => {}), this.#pool.end().catch(() => {})])
  }

  async #startListening(): Promise<void> {
    const client = new pg.Client(this.#settings)
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload }) => this.#notified(channel, payload ?? ''))
    await client.connect()
    for (const channel of [TASKS_CHANNEL, ...this.#heard.keys()])
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
    this.#listener = client
    this.hold(this.#held)
  }

  #lost(client: pg.Client): void {
    if (this.#closed || this.#listener !== client) return
    this.#listener = null
    this.lostAt ??= Date.now()
    client.end().catch(() => {})
    socketOf(client)?.destroy()
    void this.#comeBack()
  }

  async #comeBack(): Promise<void> {
    while (!this.#closed && this.#listener === null) {
      try {
        await this.#startListening()
        this.lostAt = null
        for (const listener of this.#returned) listener()
        this.#ringAll()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS).unref())
      }
    }
  }

  #notified(channel: string, payload: string): void {
    if (channel !== TASKS_CHANNEL) return this.#heard.get(channel)?.(payload)
    const ring = this.#armed.get(payload)
    this.#armed.delete(payload)
    if (ring === undefined) this.#told.add(payload)
    else ring(0)
  }

  #arm(queue: string, ring: (dueAt: number) => void): void {
    if (this.#told.delete(queue)) ring(0)
    else this.#armed.set(queue, ring)
  }

  #disarm(queue: string): void {
    this.#armed.delete(queue)
  }

  #ringAll(): void {
    const all = [...this.#armed.values()]
    this.#armed.clear()
    for (const ring of all) ring(0)
  }

  #nameOf(channel: string): string {
    // names of channels have 63 bytes at most
    return `catzilla_${createHash('sha256').update(`${this.#schema} ${channel}`).digest('hex').slice(0, 40)}`
  }
}

/** pg shows no socket in its types, and no other way to let the process end while it is connected. */
function socketOf(client: pg.ClientBase): Socket | undefined {
  return (client as unknown as { connection?: { stream?: Socket } }).connection?.stream
}
