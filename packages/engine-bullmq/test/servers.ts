// The real servers of these tests: one of each kind for each file, or the reason why there is none.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll } from 'vitest'

export interface Server {
  readonly kind: 'redis' | 'postgres'
  readonly url: string
  readonly source: string
  stop(): Promise<void>
  /** Kills it and starts it again over its data. */
  restart(): Promise<void>
}

export interface ServerChoice {
  readonly kind: 'redis' | 'postgres'
  start(): Promise<Server | { readonly skip: string }>
}

export const redis: ServerChoice = {
  kind: 'redis',
  start: () => startFor('redis'),
}

export const postgres: ServerChoice = {
  kind: 'postgres',
  start: () => startFor('postgres'),
}

type Found = Omit<Server, 'kind'> | { readonly skip: string }

interface Services {
  redisService(): Promise<Found>
  postgresService(): Promise<Found>
}

/** A tool of the repository, not a part of the package. */
const services = pathToFileURL(join(import.meta.dirname, '../../../tools/services.mjs')).href

async function startFor(kind: Server['kind']): Promise<Server | { readonly skip: string }> {
  const { redisService, postgresService } = (await import(services)) as Services
  const found = await (kind === 'redis' ? redisService() : postgresService())
  if ('skip' in found) return found
  afterAll(() => found.stop())
  return { kind, ...found, restart: found.restart }
}
