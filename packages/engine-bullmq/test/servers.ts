// The real servers of these tests: one for each file, stopped after it, or the reason why there is none.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll } from 'vitest'

export type ServerKind = 'redis' | 'postgres'

export interface Server {
  readonly url: string
  readonly source: string
  stop(): Promise<void>
  /** Kills it and starts it again over its data. */
  restart(): Promise<void>
}

export interface FoundServer {
  readonly kind: ServerKind
  /** Why there is none. */
  readonly missing: string | undefined
  /** For titles: which server it is, and why there is none. */
  readonly title: string
  /** @throws when it is missing */
  readonly server: Server
}

interface Services {
  redisService(env?: NodeJS.ProcessEnv, syncing?: 'everysec' | 'always'): Promise<Server | { readonly skip: string }>
  postgresService(): Promise<Server | { readonly skip: string }>
}

/** A tool of the repository, not a part of the package. */
const services = pathToFileURL(join(import.meta.dirname, '../../../tools/services.mjs')).href

/** @param keepsAll Redis forgets nothing that it has answered, also when it is killed; PostgreSQL never does */
export async function startServer(kind: ServerKind, keepsAll = false): Promise<FoundServer> {
  const tool = (await import(services)) as Services
  const found = await (kind === 'redis'
    ? tool.redisService(process.env, keepsAll ? 'always' : 'everysec')
    : tool.postgresService())
  if (!('skip' in found)) {
    afterAll(() => found.stop())
    return { kind, missing: undefined, title: kind, server: found }
  }
  return {
    kind,
    missing: found.skip,
    title: `${kind} (there is none: ${found.skip})`,
    get server(): Server {
      throw new Error(`there is no ${kind}: ${found.skip}`)
    },
  }
}
