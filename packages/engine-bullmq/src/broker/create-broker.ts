// The broker that a URL means.
import type { Broker } from './broker.ts'
import { PostgresBroker } from './postgres-broker.ts'
import { RedisBroker } from './redis-broker.ts'

/** @param silenceMs after which a connection that does not answer is made anew */
export function createBroker(url: string, prefix: string, silenceMs: number): Broker {
  return /^rediss?:/.test(url) ? new RedisBroker(url, prefix, silenceMs) : new PostgresBroker(url, prefix, silenceMs)
}
