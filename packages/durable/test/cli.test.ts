// The commands over a directory, with and without somebody who has it.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTypeScriptEngine } from '@catzilla/engine'
import type { TaskEngine } from '@catzilla/engine'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { run } from '../src/cli/run.ts'
import { createDurableEngine } from '../src/index.ts'
import type { DurableOptions } from '../src/index.ts'
import { define } from './durable-for-test.ts'

let root = ''
let data = ''
const engines: TaskEngine[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catzilla-cli-'))
  data = join(root, 'data')
})

afterEach(async () => {
  await stopAll()
  rmSync(root, { recursive: true, force: true })
})

async function stopAll(): Promise<void> {
  await Promise.all(engines.splice(0).map((engine) => engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
}

async function start(options: DurableOptions = {}): Promise<TaskEngine> {
  const engine = createDurableEngine(createTypeScriptEngine(), data, options)
  engines.push(engine)
  await engine.start()
  return engine
}

/** Three tasks: one that has ended, two that wait. */
async function filled(options: DurableOptions = {}): Promise<void> {
  const engine = await start(options)
  await engine
    .submit(
      define(engine, 'done', () => new Map([['k', 12n]])),
      ['secret'],
    )
    .wait()
  await engine.pause()
  const waiting = define(engine, 'old.name', () => 1, { uniqueKey: 'one' })
  const other = define(engine, 'other', () => 1)
  await Promise.all([engine.submit(waiting, [1]).accepted, engine.submit(other, [2]).accepted])
}

async function said(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return saidWith({}, ...args)
}

async function saidWith(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, { env, print: (line) => out.push(line), complain: (line) => err.push(line) })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

it('inspects a store, also while somebody has it', async () => {
  await filled()
  const { code, out } = await said('inspect', data)
  expect(code).toBe(0)
  expect(out).toMatch(new RegExp(`in use by +process ${process.pid}\n`))
  expect(out).toMatch(/waiting +critical 0, high 0, normal 2, low 0/)
  expect(out).toMatch(/by name +old\.name 1, other 1/)
  expect(out).toMatch(/ended, kept +completed 1/)
  await stopAll()
  expect((await said('inspect', data)).out).toMatch(/in use by +nobody/)
})

it('exports every task as a line of JSON', async () => {
  await filled()
  const { out } = await said('export', data)
  const lines = out
    .split('\n')
    .map((line) => JSON.parse(line) as { task: { name: string; args: unknown }; end: unknown })
  expect(lines.map(({ task }) => [task.name, task.args])).toEqual([
    ['done', ['secret']],
    ['old.name', [1]],
    ['other', [2]],
  ])
  expect(lines[0]?.end).toMatchObject({ outcome: { status: 'completed', value: { map: [['k', '12n']] } } })
})

it('reads what is encrypted with the key only, and nothing of it stands in the file', async () => {
  const key = { id: 'k1', key: randomBytes(32) }
  await filled({ encryptionKeys: [key] })
  // a segment counts once: how many tasks it has cannot be read either
  const without = await said('inspect', data)
  expect(without.out).toMatch(/unreadable +2/)
  expect((await said('export', data)).out).not.toContain('secret')
  const env = { CATZILLA_DURABLE_KEYS: `k1:${key.key.toString('hex')}` }
  expect((await saidWith(env, 'export', data)).out).toContain('secret')
  const wrong = await saidWith({ CATZILLA_DURABLE_KEYS: 'k1:123' }, 'export', data)
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('64 hexadecimal digits')])
})

it('changes nothing while somebody has the store', async () => {
  await filled()
  for (const args of [
    ['forget', data, 'old.name'],
    ['purge', data, '--all'],
    ['compact', data],
  ]) {
    const { code, err } = await said(...args)
    expect([code, err]).toEqual([1, expect.stringMatching(/in use by this process/)])
  }
})

it('forgets the tasks of a name, and their unique keys', async () => {
  await filled()
  await stopAll()
  expect((await said('forget', data, 'old.name')).out).toBe("removed 1 task named 'old.name'")
  expect((await said('inspect', data)).out).toMatch(/by name +other 1/)
  const engine = await start()
  const handle = engine.submit(
    define(engine, 'old.name', () => 'new', { uniqueKey: 'one' }),
    [],
  )
  expect(await handle.wait()).toBe('new')
})

it('compacts the file, which holds the same afterwards', async () => {
  const engine = await start()
  const call = define(engine, 'big', () => 1, { keepResultMs: 0 })
  const handles = engine.submitMany(
    call,
    Array.from({ length: 500 }, () => [randomBytes(30_000).toString('hex')]),
  )
  await Promise.all(handles.map((handle) => handle.wait()))
  await engine.pause()
  await engine.submit(call, ['last']).accepted
  await stopAll()
  const { code, out, err } = await said('compact', data)
  const [, before, after] = /([\d.]+) MiB before, ([\d.]+) MiB now/.exec(out) ?? []
  expect([code, err]).toEqual([0, ''])
  expect(Number(after)).toBeLessThan(Number(before) / 4)
  expect((await said('export', data)).out).toContain('"args":["last"]')
})

it('purges no dead letters where there are none, and asks which', async () => {
  await filled()
  await stopAll()
  expect((await said('purge', data, '--all')).out).toBe('removed 0 dead letters')
  expect((await said('purge', data)).err).toMatch(/give the id of a dead letter, or --all/)
  expect((await said('forget', data)).err).toMatch(/give the name/)
})

it('explains itself', async () => {
  expect((await said('--help')).out).toMatch(/compact <directory>/)
  expect(await said('explode', data)).toMatchObject({
    code: 2,
    err: expect.stringContaining('no command "explode"') as string,
  })
  expect((await said('inspect')).err).toMatch(/usage: catzilla-durable inspect <directory>/)
  expect(await said('inspect', join(root, 'nowhere'))).toMatchObject({ code: 1 })
})
