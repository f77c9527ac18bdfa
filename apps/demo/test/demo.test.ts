// The built demo, run as `npm start` runs it: exit codes, what it prints, and what it leaves on disk.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDemo } from '../src/demo.ts'
import { readingsFile } from '../src/folders.ts'
import { MailServer } from '../src/mail/mail-server.ts'
import type { ReceivedEmail } from '../src/mail/received-email.ts'
import { Terminal } from '../src/terminal.ts'

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const program = join(import.meta.dirname, '../dist/main.js')
const { CATZILLA_ENGINE: _, CATZILLA_DURABLE: __, ...environment } = process.env

beforeAll(() => {
  if (!existsSync(program)) throw new Error('the demo is not built: run "npm run build" first')
})

async function startDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], { env: { ...environment, ...env } })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

/** The cells of the table's rows, by the titles of the columns. */
function tableOf(output: string): Record<string, string>[] {
  const [titles = [], ...rows] = (
    output
      .split(/^─+$/m)
      .slice(1, 3)
      .join('')
      .match(/^\S.*$/gm) ?? []
  ).map((line) => line.split(/ {2,}/))
  return rows.map((cells) => Object.fromEntries(titles.map((title, index) => [title, cells[index] ?? ''])))
}

/** How many tasks the rows stand for: `add ×200` is two hundred. */
function tasksIn(rows: readonly Record<string, string>[]): number {
  return rows.reduce((sum, { task }) => sum + Number(/ ×(\d+)$/.exec(task ?? '')?.[1] ?? 1), 0)
}

/** Sorted values, mean and sample deviation of each station, by the sums of the values and of their squares. */
function figuresOf(csv: string): Map<string, { values: number[]; mean: number; deviation: number }> {
  const rows = csv
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  const usable = rows.filter(([, , reading]) => reading !== undefined && reading !== '' && reading !== '-999.0')
  const names = new Set(usable.map(([, station]) => station ?? ''))
  return new Map(
    [...names].map((name) => {
      const values = usable.filter(([, station]) => station === name).map(([, , reading]) => Number(reading))
      const sum = values.reduce((total, value) => total + value, 0)
      const squares = values.reduce((total, value) => total + value * value, 0)
      const deviation = Math.sqrt((squares - sum ** 2 / values.length) / (values.length - 1))
      return [name, { values: values.toSorted((a, b) => a - b), mean: sum / values.length, deviation }]
    }),
  )
}

describe('the demo', () => {
  let out: string
  let run: Run

  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'catzilla-demo-'))
    run = await startDemo([`--out=${out}`])
  }, 300_000)

  afterAll(() => rm(out, { recursive: true, force: true }))

  it('ends well', () => {
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/All \d+ checks held; done in [\d.]+ m?s\.\nNext: npm start -- --serve .*\n$/)
  })

  it('uses no control characters when it does not write to a terminal', () => {
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(run.stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/)
  })

  it('sends e-mails with the priorities asked for', () => {
    const emails = tableOf(run.stdout).filter(({ task }) => task === 'email.send')
    expect(emails.slice(0, 6).map(({ priority, status, result }) => [priority, status, result])).toEqual([
      ['critical', 'completed', 'Your password was changed'],
      ['normal', 'completed', 'Invoice 1042'],
      ['normal', 'completed', 'Invoice 1043'],
      ['high', 'completed', 'URGENT: disk 91 % full'],
      ['normal', 'completed', 'Weekly digest'],
      ['high', 'completed', 'Urgent: certificate expires'],
    ])
  })

  it('runs the steps of the pipeline with their priorities', () => {
    const steps = tableOf(run.stdout).filter(({ task }) => task?.startsWith('data.'))
    expect(steps.map(({ task, priority, attempts, status }) => [task, priority, attempts, status])).toEqual([
      ['data.process', 'high', '1', 'completed'],
      ['data.analyse', 'normal', '1', 'completed'],
      ['data.store', 'low', '1', 'completed'],
    ])
  })

  it('leaves the analysis on disk, equal to one made by other means, and nothing else', async () => {
    expect((await readdir(out)).toSorted()).toEqual([
      'analyses.jsonl',
      'analytics.jsonl',
      'payments.jsonl',
      'readings-analysis.json',
    ])
    const analysis = JSON.parse(readFileSync(join(out, 'readings-analysis.json'), 'utf8')) as {
      rejected: number
      overall: { count: number }
      stations: Record<string, Record<string, number>>
    }
    const expected = figuresOf(readFileSync(readingsFile, 'utf8'))
    expect(Object.keys(analysis.stations)).toEqual([...expected.keys()].toSorted())
    for (const [station, { values, mean, deviation }] of expected) {
      const found = analysis.stations[station]
      const middle = (values.length - 1) / 2
      const median = ((values[Math.floor(middle)] ?? NaN) + (values[Math.ceil(middle)] ?? NaN)) / 2
      expect(found).toMatchObject({ count: values.length, min: values[0], max: values.at(-1), median })
      expect(found?.['mean']).toBeCloseTo(mean, 9)
      expect(found?.['standardDeviation']).toBeCloseTo(deviation, 9)
    }
    const usable = [...expected.values()].reduce((sum, { values }) => sum + values.length, 0)
    expect(analysis.overall.count).toBe(usable)
    expect(analysis.rejected).toBe(1488 - usable)
  })

  it('computes the picture in many tasks', () => {
    const [row] = tableOf(run.stdout).filter(({ task }) => task?.startsWith('mandelbrot.escape'))
    expect(row).toMatchObject({ task: 'mandelbrot.escape ×733', attempts: '733', status: 'completed' })
    expect(row?.['result']).toBe(`checksum ${sampleChecksum()}`)
    expect(run.stdout).toContain('100 %  733 of 733 tasks')
  })

  it('runs kernels, whose results are those of other means, and tells where they ran and how fast', () => {
    const rows = tableOf(run.stdout).filter(({ task }) => /^(crc32|stats|add)\b/.test(task ?? ''))
    expect(rows.map(({ task, status, result }) => [task, status, result])).toEqual([
      [expect.stringMatching(/^crc32 ×\d+$/), 'completed', expect.stringMatching(/^[\d.]+ MiB, as by zlib$/)],
      ['stats', 'completed', expect.stringMatching(/^mean 0\.\d{6}$/)],
      [expect.stringMatching(/^add( ×245)?$/), 'completed', '1,000,000 rows'],
      ['add ×200000', 'completed', '200,000 sums'],
    ])
    const native = run.stdout.includes('the native engine, a mail server')
    expect(new Set(rows.map(({ lane }) => lane))).toEqual(new Set([native ? 'native' : 'inline']))
    expect(run.stdout).toMatch(
      native
        ? /native engine \(auto: .*\): C on \d+ worker threads, /
        : /typescript engine \(auto: .*\): no C, JavaScript twins instead, /,
    )
    for (const kernel of ['crc32', 'stats', 'mapArrays', 'batch']) {
      expect(run.stdout).toMatch(new RegExp(`${kernel} .*; \\d[\\d.]* (MiB|million|thousand)/s`))
    }
  })

  it('computes the same picture on the event loop and on threads, and tells what the event loop had of it', () => {
    const rows = tableOf(run.stdout).filter(({ task }) => task?.startsWith('picture.'))
    expect(rows.map(({ task, lane, status }) => [task, lane, status])).toEqual([
      ['picture.inline ×30', 'inline', 'completed'],
      ['picture.thread ×30', 'thread', 'completed'],
    ])
    for (const where of ['on the event loop', 'on threads']) {
      expect(run.stdout).toMatch(new RegExp(`${where}: [\\d.]+ m?s; the event loop was late by [\\d.]+ m?s at p99`))
    }
  })

  it('gets a greylisted e-mail through at the third attempt', () => {
    const [row] = tableOf(run.stdout).filter(({ result }) => result?.startsWith('greylisted'))
    expect(row).toMatchObject({ task: 'email.send', attempts: '3', status: 'completed' })
    expect(run.stdout.match(/attempt [12]: .*451 4\.7\.1 greylisted/g)).toHaveLength(2)
  })

  it('cancels a running and a waiting task', () => {
    const cancelled = tableOf(run.stdout).filter(({ status }) => status === 'cancelled')
    expect(cancelled).toMatchObject([
      { task: 'stream.hash', attempts: '1', result: expect.stringMatching(/^after \d+ of 65536 MiB$/) },
      { task: 'email.send', attempts: '0', result: 'called off before its time' },
    ])
  })

  it('serves, and prints what came back', () => {
    for (const answered of [
      /POST \/notify → 200 \{"task_id":"[^"]+","status":"scheduled","priority":"high"\}/,
      /POST \/data\/process → 200 \{"pipeline_id":"pipeline_5"/,
      /GET {2}\/tasks\/events → \{"type":"completed"/,
      /server stopped: \d+ requests finished meanwhile; shutdown: .* 0 abandoned/,
    ]) {
      expect(run.stdout).toMatch(answered)
    }
  })

  it('takes back what a failed fan-out had written, and writes it when it is tried again', () => {
    const rows = tableOf(run.stdout).filter(({ task }) => task?.startsWith('station.'))
    expect(rows.map(({ task, status }) => [task, status])).toEqual([
      ['station.write', 'failed'],
      ['station.write ×11', 'completed'],
      ['station.remove ×5', 'completed'],
    ])
    expect(run.stdout).toMatch(/workflow 'station export': step 'station.write' failed: EISDIR/)
    expect(run.stdout).toContain('nothing is left on disk')
  })

  it('shuts down gracefully, and tells totals and engine', () => {
    expect(run.stdout).toContain('shutdown: 1 completed, 0 cancelled, 0 requeued, 0 abandoned')
    const totals = /^Totals: {2}(\d+) submitted, (\d+) completed, 1 failed, 2 cancelled, 2 retries$/m.exec(run.stdout)
    const [submitted, completed] = [Number(totals?.[1]), Number(totals?.[2])]
    expect(submitted).toBe(completed + 3)
    // steps of a workflow that ran together in C are told in their line, with the graphs that were tasks themselves
    const loans = /a workflow of (\d+) of them: \d+ steps ran in C(?:, in (\d+) graph)?/.exec(run.stdout)
    const inC = Number(loans?.[1]) + Number(loans?.[2] ?? 0)
    expect(submitted).toBe(tasksIn(tableOf(run.stdout)) + inC)
    expect(run.stdout).toMatch(/^Engine: {2}\w+ \(auto: .+\)$/m)
  })
})

it('runs the JavaScript twins of the kernels on the TypeScript engine, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'catzilla-demo-'))
  const { code, stdout } = await startDemo([`--out=${folder}`], { CATZILLA_ENGINE: 'typescript' })
  await rm(folder, { recursive: true })
  expect(code).toBe(0)
  expect(stdout).toContain('typescript engine (CATZILLA_ENGINE is "typescript"): no C, JavaScript twins instead')
  expect(stdout).toMatch(/^Engine: {2}typescript \(CATZILLA_ENGINE is "typescript"\)$/m)
})

describe('the command line', () => {
  it('explains itself', async () => {
    const { code, stdout } = await startDemo(['--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: npm start/)
  })

  it.each([
    ['--port=80', "Option '--port' is for '--serve'"],
    ['--framework=rails', "Option '--framework' takes hono, express, koa"],
    ['--engine=', "Option '--engine' needs a name"],
    ['--serving', "Unknown option '--serving'"],
    ['now', "Unexpected argument 'now'"],
    ['--out=', "Option '--out' needs a directory"],
  ])('refuses %s with exit code 2', async (argument, message) => {
    const { code, stdout, stderr } = await startDemo([argument])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).toContain('npm start -- --help')
  })
})

describe('when something is not as it should be', () => {
  it('ends with exit code 1 and says that the results cannot be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'catzilla-demo-'))
    const file = join(folder, 'occupied')
    await writeFile(file, '')
    const { code, stderr } = await startDemo([`--out=${file}`])
    await rm(folder, { recursive: true })
    expect(code).toBe(1)
    expect(stderr).toMatch(/demo: FAILED\n.*EEXIST.*occupied/)
  })

  it('fails when an e-mail did not arrive as it was sent, and cleans up', async () => {
    class ForgetfulServer extends MailServer {
      override receivedFor(recipient: string): ReceivedEmail[] {
        return super.receivedFor(recipient).map((email) => ({ ...email, subject: '' }))
      }
    }
    const folder = await mkdtemp(join(tmpdir(), 'catzilla-demo-'))
    const ended = runDemo(new Terminal({ write: () => {} }), folder, new ForgetfulServer())
    await expect(ended).rejects.toThrow(/the mail server received "Your password was changed".*as it was sent/)
    await rm(folder, { recursive: true })
  })

  it('ends with exit code 1 and says that there is no such engine', async () => {
    const { code, stderr } = await startDemo([], { CATZILLA_ENGINE: 'steam' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/demo: FAILED\nConfigurationError: CATZILLA_ENGINE accepts .* got "steam"/)
  })
})

/** The checksum of the picture's sample, written anew from its definition. */
function sampleChecksum(): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < 3_000_000; index += 97) {
    const cx = -2.2 + (3 * (index % 2000)) / 2000
    const cy = -1.125 + (2.25 * Math.floor(index / 2000)) / 1500
    let [x, y, steps] = [0, 0, 0]
    for (; steps < 100 && x * x + y * y <= 4; steps++) [x, y] = [x * x - y * y + cx, 2 * x * y + cy]
    hash = Math.imul(hash ^ steps, 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
