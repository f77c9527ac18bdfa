// An idle engine lets its process end; a queued, running, delayed or retrying task does not. Told by real processes.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeepAlive } from '../../src/support/keep-alive.ts'

let folder: string
let engineUrl: string
const children = new Set<ChildProcess>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catzilla-keep-alive-'))
  const outfile = join(folder, 'engine.mjs')
  const source = join(import.meta.dirname, '../../src/index.ts')
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  engineUrl = pathToFileURL(outfile).href
})

afterAll(async () => {
  // only those that outlived their test
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const later = '(ms) => new Promise((resolve) => setTimeout(resolve, ms).unref())'

/** Runs `script` in a process of its own, with an engine and `run(body, options)`, until the process ends by itself. */
function processWith(script: string, engineOptions = '{}'): Promise<{ code: number | null; output: string[] }> {
  const prelude = `
    import { createTypeScriptEngine, resolveTaskOptions } from ${JSON.stringify(engineUrl)}
    const engine = createTypeScriptEngine(${engineOptions})
    await engine.start()
    const later = ${later} // a wait that keeps nothing alive by itself
    const run = (handler, options) => engine.submit({ name: 'task', options: resolveTaskOptions(options), handler }, [])
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', prelude + script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      children.delete(child)
      resolve({ code, output: text.split('\n').filter((line) => line !== '') })
    })
  })
}

describe('the process ends by itself', () => {
  test.concurrent.each([
    ['when the engine was never used', ''],
    ['with listeners and limits in place', `engine.subscribe(['failed'], () => {}); await engine.pause('other')`],
    ['when all tasks completed, although their results are kept for minutes', `await run(() => 'value').wait()`],
    ['when its delayed task was cancelled', `run(() => {}, { delayMs: 3_600_000 }).cancel()`],
    [
      'when a signal cancelled it',
      `const a = new AbortController(); run(() => {}, { delayMs: 3_600_000, signal: a.signal }); setTimeout(() => a.abort(), 10)`,
    ],
    ['when its delayed task expired', `run(() => {}, { delayMs: 3_600_000, expireAfterMs: 20 })`],
    [
      'when its task ran out of time, whatever the body still waits for',
      `run(() => later(3_600_000), { timeoutMs: 20, maxRetries: 0 })`,
    ],
    [
      'when the engine was stopped with work left',
      `
      run(() => later(3_600_000)); run(() => {}, { delayMs: 3_600_000 })
      await later(0, setImmediate(() => {}))
      await engine.stop({ waitForCompletion: false, timeoutMs: 0 })`,
    ],
  ])('%s', async (_, script) => {
    expect(await processWith(`${script}\nconsole.log('end of script')`)).toEqual({ code: 0, output: ['end of script'] })
  })
})

describe('the process lives on', () => {
  test.concurrent.each([
    ['for a queued task', `run(() => console.log('ran'))`],
    [
      'for a running task that waits for nothing of its own',
      `run(async () => { await later(30); console.log('ran') })`,
    ],
    ['for one queued behind it', `run(() => later(30)); run(() => console.log('ran'))`, '{ inlineConcurrency: 1 }'],
    ['for a delayed task', `run(() => console.log('ran'), { delayMs: 30 })`],
    ['for a task at a moment of the wall clock', `run(() => console.log('ran'), { runAt: Date.now() + 30 })`],
    [
      'for a task that waits for its retry',
      `
      let attempt = 0
      run(() => { if (++attempt === 1) throw new Error('again'); console.log('ran') }, { retryDelayMs: 30 })`,
    ],
    [
      'for a task held back by a rate limit',
      `
      const limits = { rate: { max: 1, perMs: 30 } }
      run(() => {}, { limits }); run(() => console.log('ran'), { limits })`,
    ],
    [
      'for work after an idle time',
      `await run(() => {}).wait(); setTimeout(() => run(async () => { await later(20); console.log('ran') }), 20)`,
    ],
    ['for a result awaited at top level', `await run(() => later(30)).wait(); console.log('ran')`],
    [
      'for a shutdown that waits',
      `run(() => later(30)); await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 }); console.log('ran')`,
    ],
  ])('%s', async (_, script, engineOptions?: string) => {
    expect(await processWith(script, engineOptions)).toEqual({ code: 0, output: ['ran'] })
  })
})

describe('KeepAlive', () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

  test('holds with one timer, however often it is told, and lets go of it', () => {
    const before = timers()
    const keepAlive = new KeepAlive()
    keepAlive.hold(false)
    expect(timers()).toBe(before)
    keepAlive.hold(true)
    keepAlive.hold(true)
    expect(timers()).toBe(before + 1)
    keepAlive.hold(false)
    expect(timers()).toBe(before)
    keepAlive.hold(true)
    expect(timers()).toBe(before + 1)
    keepAlive.close()
    expect(timers()).toBe(before)
  })

  test('can hold again after it was closed', () => {
    const before = timers()
    const keepAlive = new KeepAlive()
    keepAlive.hold(true)
    keepAlive.close()
    keepAlive.close()
    keepAlive.hold(true)
    expect(timers()).toBe(before + 1)
    keepAlive.close()
    expect(timers()).toBe(before)
  })
})
