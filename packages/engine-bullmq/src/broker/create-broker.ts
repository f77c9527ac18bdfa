// The broker that a URL means.
import type { Broker } from './broker.ts'
import { PostgresBroker } from './postgres-broker.ts'
import { RedisBroker } from './redis-broker.ts'

export function createBroker(url: string, prefix: string): Broker {
  return /^rediss?:/.test(url) ? new RedisBroker(url, prefix) : new PostgresBroker(url, prefix)
}
