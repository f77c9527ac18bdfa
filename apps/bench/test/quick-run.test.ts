// `bench --quick`, as a user runs it: the built program ends well and prints every table. No figure is judged here.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
}

describe('bench', () => {
  it('runs every section quickly and prints its tables', { timeout: 1_200_000 }, () => {
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
      '== Throughput of kernels on the native lane ==',
      '== Columns on the native lane ==',
      '== Kernels of one microsecond ==',
      '== Round trip of one task ==',
      '== CRITICAL kernels behind LOW ones ==',
      '== Memory of queued kernel tasks ==',
      '== Cost per kernel task by number queued ==',
      '== What statistics cost ==',
      '== What an idle engine costs ==',
      '== Threads ==',
      '== Compiled bodies beside V8 ==',
      '== Compiled bodies as tasks ==',
      '== Submitting over HTTP ==',
      '== What watching costs ==',
      '== Workflows of trivial steps ==',
      '== Workflows of compiled steps ==',
      '== Memory of pending steps ==',
      '== Durable tasks: accepting ==',
      '== Durable tasks: recovery ==',
      '== Allocators ==',
    ]) {
      expect(stdout).toContain(title)
    }
    expect(stdout).toMatch(/\d+ of \d+ targets met.*\nwritten: apps\/bench\/out\/quick\.json\n$/)
    expect(status).toBe(0)
  })

  it('takes the first part of a name for all that begin with it', () => {
    const { status, stdout } = bench('--quick', 'native:statistics', 'flat')
    expect(stdout).toMatch(/== Cost per task by number queued ==[^]*== What statistics cost ==/)
    expect(stdout).not.toContain('== Throughput')
    expect(status).toBe(0)
    expect(bench('nativ')).toMatchObject({ status: 1 })
  })

  it('explains itself, and names a section it does not have', () => {
    expect(bench('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Sections: throughput, memory'),
    })
    expect(bench('speed')).toMatchObject({ status: 1, stdout: expect.stringContaining('no such section: speed') })
  })
})
