// `--engine` with the URL of a broker, as a user runs it: killed in the middle, and started again.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { allWritten, killedTwice } from './killed-twice.ts'

interface Server {
  readonly url: string
  stop(): Promise<void>
}

interface Services {
  redisService(): Promise<Server | { readonly skip: string }>
  postgresService(): Promise<Server | { readonly skip: string }>
}

const services = pathToFileURL(join(import.meta.dirname, '../../../tools/services.mjs')).href

describe.each(['redisService', 'postgresService'] as const)('the demo on a broker: %s', (service) => {
  it('writes every invoice, though it is killed', { timeout: 240_000 }, async ({ skip }) => {
    const server = await ((await import(services)) as Services)[service]()
    if ('skip' in server) return skip(server.skip)
    onTestFinished(() => server.stop())
    expect(await killedTwice(() => [`--engine=${server.url}`])).toEqual(allWritten('the broker'))
  })
})
