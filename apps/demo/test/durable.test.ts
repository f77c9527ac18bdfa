// `--durable`, as a user runs it: killed in the middle, and started again.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allWritten, killedTwice } from './killed-twice.ts'
import { live } from './lives.ts'

describe.each(['typescript', 'native'])('the demo with --durable, on %s', (engine) => {
  it('writes every invoice, though it is killed', { timeout: 120_000 }, async ({ skip }) => {
    const found = await killedTwice((out) => [`--durable=${join(out, 'data')}`, `--engine=${engine}`])
    const [first] = found.lives
    // the TypeScript engine is everywhere
    if (engine === 'native' && first?.printed.includes('EngineUnavailableError')) return skip(first.printed)
    expect(found).toEqual(allWritten('disk'))
  })
})

it('does not go with --serve', async () => {
  const { code, printed } = await live(['--serve', '--durable=data'])
  expect([code, printed]).toEqual([2, expect.stringMatching(/'--durable' is not for '--serve'/)])
})
