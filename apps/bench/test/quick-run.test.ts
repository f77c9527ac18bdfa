// `bench --quick`, as a user runs it: the built program ends well and prints every table. No figure is judged here.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
}

describe('bench', () => {
  it('runs every section quickly and prints its tables', { timeout: 120_000 }, () => {
    const { status, stdout, stderr } = bench('--quick')
    expect(stderr).not.toContain('Error')
    for (const title of [
      '== Throughput of the inline lane ==',
      'One process: submit, then await each, windows of 1,000, sync body',
      'One process: fire and forget',
      'A process each: submit, then await each',
      '== Memory of queued tasks ==',
      '== A CRITICAL task behind LOW ones ==',
      '== Lateness of delayed tasks ==',
      '== Cost per task by number queued ==',
    ]) {
      expect(stdout).toContain(title)
    }
    expect(stdout).toMatch(/\d+ of \d+ targets met\nwritten: apps\/bench\/out\/quick\.json\n$/)
    expect(status).toBe(0)
  })

  it('explains itself, and names a section it does not have', () => {
    expect(bench('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Sections: throughput, memory'),
    })
    expect(bench('speed')).toMatchObject({ status: 1, stdout: expect.stringContaining('no such section: speed') })
  })
})
