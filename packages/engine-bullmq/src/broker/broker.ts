// What the engine asks of a broker: BullMQ's queues over it, a bell that rings when there may be work, and messages between
// the processes that share it. Redis and PostgreSQL each bring one.
import type { BackendFactory, ConnectionOptions, RedisQueueBackend } from 'bullmq'

/** What BullMQ's classes are made with. */
export interface QueueTerms {
  readonly connection: ConnectionOptions
  /** Typed as that for Redis, which is what BullMQ's classes take for granted; the engine uses what all backends have. */
  readonly factory: BackendFactory<RedisQueueBackend>
  /** Begins the keys; PostgreSQL has its schema instead. */
  readonly prefix: string
}

/** Rings when a queue that somebody waits for may have work. It may ring too often, and is no promise of work. */
export interface Doorbell {
  /**
   * From now on the queue is listened to, until it rings once.
   * @param marker the key of the queue's marker
   */
  arm(queue: string, marker: string, ring: (dueAt: number) => void): void
  disarm(queue: string): void
}

export interface Broker {
  readonly kind: 'redis' | 'postgres'
  readonly terms: QueueTerms
  readonly bell: Doorbell
  /** Rejects when the broker cannot be reached, or is none that serves. */
  connect(): Promise<void>
  /** Sends a message to all that listen to `channel` now. */
  post(channel: string, message: string): Promise<void>
  listen(channel: string, hear: (message: string) => void): Promise<void>
  /** False since the connection was lost; null: never lost, or back again. Epoch milliseconds of the loss. */
  readonly lostAt: number | null
  /** Told each time the connection is back. */
  onReturn(listener: () => void): void
  /** Whether the process stays alive for the connections. */
  hold(wanted: boolean): void
  /** Asks the broker for an answer, and makes the connections anew when none comes in time. */
  probe(): Promise<void>
  close(): Promise<void>
}

/** The most bytes of a message: PostgreSQL takes 8000 in a notification. */
export const MOST_MESSAGE_BYTES = 7_000
