// Redis and Valkey: one connection for commands, one that waits for work on all queues at once, one for messages.
import { EngineUnavailableError } from '@catzilla/engine'
import { createRedisBackend } from 'bullmq'
import type { Redis, RedisOptions } from 'ioredis'
import type { Broker, QueueTerms } from './broker.ts'
import { GatheringRedis } from './gathering-redis.ts'
import { RedisBell } from './redis-bell.ts'

/** How long the first connection is waited for. */
const CONNECT_PATIENCE_MS = 10_000

const connectionOptions: RedisOptions = {
  // BullMQ asks for it: a command waits for the connection rather than fail
  maxRetriesPerRequest: null,
  lazyConnect: true,
  connectTimeout: 10_000,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2000),
}

export class RedisBroker implements Broker {
  readonly kind = 'redis'
  readonly terms: QueueTerms
  readonly bell: RedisBell
  lostAt: number | null = null
  readonly #silenceMs: number
  readonly #main: Redis
  readonly #waiting: Redis
  readonly #hearing: Redis
  readonly #heard = new Map<string, (message: string) => void>()
  #closed = false

  constructor(url: string, prefix: string, silenceMs: number) {
    this.#silenceMs = silenceMs
    this.#main = new GatheringRedis(url, connectionOptions)
    this.#waiting = this.#main.duplicate()
    this.#hearing = this.#main.duplicate()
    this.terms = { connection: this.#main, factory: createRedisBackend, prefix }
    this.bell = new RedisBell(this.#waiting, this.#main, `${prefix}:%bell`, silenceMs)
    this.#hearing.on('message', (channel: string, message: string) => this.#heard.get(channel)?.(message))
    this.#main.on('close', () => (this.lostAt ??= Date.now()))
    this.#main.on('ready', () => (this.lostAt = null))
    // each command tells its own failure; the connection makes itself anew
    for (const each of this.#all) each.on('error', () => {})
  }

  get #all(): readonly Redis[] {
    return [this.#main, this.#waiting, this.#hearing]
  }

  async connect(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    let refusal: Error | undefined
    const refused = (error: Error): void => void (refusal = error)
    this.#main.on('error', refused)
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(refusal ?? new Error('it does not answer')), CONNECT_PATIENCE_MS)
    })
    try {
      await Promise.race([Promise.all(this.#all.map(ready)), late])
    } catch (error) {
      await this.close()
      const why = refusal?.message ?? (error as Error).message
      throw new EngineUnavailableError(
        `the redis engine cannot reach its broker: ${why}; start Redis 6.2 or newer there, or correct the engine URL`,
        { cause: refusal ?? error },
      )
    } finally {
      clearTimeout(timer)
      this.#main.off('error', refused)
    }
    this.bell.start()
  }

  async post(channel: string, message: string): Promise<void> {
    await this.#main.publish(this.#nameOf(channel), message)
  }

  async listen(channel: string, hear: (message: string) => void): Promise<void> {
    this.#heard.set(this.#nameOf(channel), hear)
    await this.#hearing.subscribe(this.#nameOf(channel))
  }

  onReturn(listener: () => void): void {
    this.#main.on('ready', listener)
  }

  hold(wanted: boolean): void {
    for (const { stream } of this.#all as readonly { stream?: { ref(): void; unref(): void } }[]) {
      if (wanted) stream?.ref()
      else stream?.unref()
    }
  }

  async probe(): Promise<void> {
    if (this.#closed || this.lostAt !== null) return
    await Promise.all([this.#main, this.#hearing].map((each) => probeOne(each, this.#silenceMs)))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.bell.close()
    await Promise.all(this.#all.map(ended))
  }

  #nameOf(channel: string): string {
    return `${this.terms.prefix}:%${channel}`
  }
}

/** BullMQ may have begun to connect already. */
async function ready(redis: Redis): Promise<void> {
  if (redis.status === 'wait') return redis.connect()
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve))
}

/** Its socket is gone when this settles. A connection that waits to be made again has none, and tells no end. */
async function ended(redis: Redis): Promise<void> {
  const isOver =
    redis.status === 'ready' || redis.status === 'connect' ? new Promise((resolve) => redis.once('end', resolve)) : null
  redis.disconnect()
  await isOver
}

/** A connection that does not answer is made anew: what waits on it is sent again. */
async function probeOne(redis: Redis, patienceMs: number): Promise<void> {
  if (redis.status !== 'ready') return
  let silent: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    silent = setTimeout(() => {
      redis.disconnect(true)
      resolve()
    }, patienceMs).unref()
  })
  await Promise.race([redis.ping().catch(() => {}), late])
  clearTimeout(silent)
}
