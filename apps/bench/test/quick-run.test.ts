// `bench --quick`, as a user runs it: the built program ends well and prints every table. No figure is judged here.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Report } from '../src/report/report.ts'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const limit = { timeout: 1_200_000 }

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 })
}

describe('bench', () => {
  it('measures all targets quickly and prints their tables', limit, () => {
    const { status, stdout, stderr } = bench('--quick', '--scenario', 'targets')
    expect(stderr).not.toContain('Error')
    for (const title of [
      '== Targets of the design documents ==',
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
    expect(stdout).toMatch(/\d+ of \d+ targets met[^]*\nwritten: apps\/bench\/out\/quick\.json\n$/)
    expect(status).toBe(0)
  })

  it('opens every contender and checks what it gives', limit, () => {
    const { status, stdout, stderr } = bench('--quick', '--json', '--scenario', 'throughput', '--scenario', 'durable')
    const { comparisons, complete } = JSON.parse(stdout) as Report
    expect(stderr).toContain('throughput, round 1 of 1: fastq')
    const taking = new Set(
      comparisons.flatMap(({ measures }) => measures.flatMap(({ rows }) => rows.map((row) => row.contender))),
    )
    for (const name of [
      'catzilla-ts/inline',
      'catzilla-ts/threads',
      'catzilla/durable',
      'fastq',
      'p-queue',
      'piscina',
    ]) {
      expect(taking).toContain(name)
    }
    for (const name of ['tinypool', 'workerpool', 'promise loop', 'bare worker_threads', 'bare lmdb'])
      expect(taking).toContain(name)
    // who is not there is missing on this machine, and says why; nobody broke
    const broken = comparisons.flatMap(({ absent }) => absent.filter(({ failed }) => failed))
    expect(broken).toEqual([])
    expect(complete).toBe(true)
    expect(status).toBe(0)
  })

  it('asks every scenario of a few', limit, () => {
    const few = ['catzilla/inline', 'catzilla-ts/threads', 'p-queue', 'promise loop']
    const { status, stdout } = bench(
      '--quick',
      '--json',
      'comparisons',
      ...few.flatMap((name) => ['--contender', name]),
    )
    const { comparisons } = JSON.parse(stdout) as Report
    expect(comparisons.map(({ title }) => title)).toContain('Payloads')
    // everything but what needs a store
    const empty = comparisons.filter(({ measures }) => measures.every(({ rows }) => rows.length === 0))
    expect(empty.map(({ scenario }) => scenario)).toEqual(['durable'])
    for (const { measures } of comparisons) {
      for (const row of measures.flatMap(({ rows }) => rows)) expect(row.samples.every(Number.isFinite)).toBe(true)
    }
    expect(status).toBe(0)
  })

  it('explains itself, and names a scenario it does not have', () => {
    expect(bench('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--contender NAME') })
    expect(bench('--list')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/ {2}throughput [^]* {2}native:idle\n/),
    })
    expect(bench('speed')).toMatchObject({ status: 1, stderr: expect.stringContaining('no scenario named speed') })
  })
})
