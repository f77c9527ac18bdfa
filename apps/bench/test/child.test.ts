// Jobs in processes of their own: what comes of those that fail, hang or leave something running.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerAsChild, runJob } from '../src/child.ts'

describe('jobs', () => {
  const program = process.argv[1]
  beforeAll(() => {
    process.argv[1] = fileURLToPath(new URL('fixtures/job.mjs', import.meta.url))
  })
  afterAll(() => {
    if (program !== undefined) process.argv[1] = program
  })

  it('answer with data', async () => {
    expect(await runJob<number>('double', { number: 21 })).toBe(42)
  })

  it('say why they failed, or how they ended', async () => {
    await expect(runJob('fail', {})).rejects.toThrow('out of luck')
    await expect(runJob('die', {})).rejects.toThrow('job die failed (exit code 3)')
  })

  it('are ended when they hang', async () => {
    await expect(runJob('hang', {}, { limitMs: 1 })).rejects.toThrow('job hang did not end within 0.001 s')
  })

  it.skipIf(process.platform !== 'linux')('leave nothing running', async () => {
    const pid = await runJob<number>('leave', {})
    while (isRunning(pid)) await sleep(10)
    expect(isRunning(pid)).toBe(false)
  })

  it('are asked for by the arguments alone', async () => {
    expect(await answerAsChild(() => Promise.reject(new Error('nobody asks')), ['--quick'])).toBe(false)
  })
})

/** One that has ended may still be listed, as nobody has asked for its exit code. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
