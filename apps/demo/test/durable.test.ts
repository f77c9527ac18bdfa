// `--durable`, as a user runs it: killed in the middle, and started again.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { live } from './lives.ts'

describe.each(['typescript', 'native'])('the demo with --durable, on %s', (engine) => {
  it('writes every invoice, though it is killed', { timeout: 120_000 }, async () => {
    const out = await mkdtemp(join(tmpdir(), 'catzilla-invoices-'))
    onTestFinished(() => rm(out, { recursive: true, force: true }))
    const args = [`--durable=${join(out, 'data')}`, `--out=${out}`, `--engine=${engine}`]
    const first = await live(args, /are accepted, and on disk/)
    if (/EngineUnavailableError/.test(first.printed) && engine === 'native') return
    expect(first.printed).toMatch(/100 invoices are accepted, and on disk: kill -9 \d+, then start it again/)
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

it('does not go with --serve', async () => {
  const { code, printed } = await live(['--serve', '--durable=data'])
  expect([code, printed]).toEqual([2, expect.stringMatching(/'--durable' is not for '--serve'/)])
})
