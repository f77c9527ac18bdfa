// `--engine` with the URL of a broker, as a user runs it: killed in the middle, and started again.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { live } from './lives.ts'

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
    const out = await mkdtemp(join(tmpdir(), 'catzilla-invoices-'))
    onTestFinished(() => rm(out, { recursive: true, force: true }))
    const args = [`--engine=${server.url}`, `--out=${out}`]
    const first = await live(args, /are accepted, and on the broker/)
    expect(first.printed).toMatch(/100 invoices are accepted, and on the broker: kill -9 \d+, then start it again/)
    expect(first.code).toBeNull()
    const second = await live(args, /(2[5-9]|[3-9]\d) %/)
    expect(second.printed).toMatch(/\d+ invoices were left by a process that has ended/)
    expect(second.code).toBeNull()
    const third = await live(args)
    expect(third.printed).toMatch(/all 100 invoices are written; \d+ of them were under way when a process was killed/)
    expect(third.code).toBe(0)
    expect((await readdir(join(out, 'invoices'))).filter((name) => name.endsWith('.txt'))).toHaveLength(100)
  })
})
