// Parents in processes of their own: what keeps one alive, and that no child outlives it, however it ends.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { childrenOf, gone, isAlive } from './process-engine.ts'

const dist = new URL('../../../dist/', import.meta.url)
const parents: ChildProcess[] = []
let folder: string

beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'catzilla-process-'))))
afterAll(() => rm(folder, { recursive: true }))

afterEach(async () => {
  for (const parent of parents.splice(0)) {
    const children = parent.pid === undefined ? [] : childrenOf(parent.pid)
    parent.kill('SIGKILL')
    await Promise.all(children.map(gone))
  }
})

const prelude = `
  const say = (text) => process.stdout.write(JSON.stringify(text) + '\\n')
  const engine = createTypeScriptEngine({ maxProcesses: 2 })
  const submit = (handler, asked = {}, args = []) => {
    const options = resolveTaskOptions({ lane: 'process', maxRetries: 0, ...asked })
    return engine.submit({ name: 'task', options, handler }, args)
  }
  const loop = (ms) => { const end = Date.now() + ms; while (Date.now() < end) continue; return process.pid }
  const forever = () => new Promise(() => setInterval(() => {}, 1000))
`

interface Parent {
  readonly pid: number
  /** The next line that it says. */
  line(): Promise<unknown>
  /** How it ended, with all that it said from then on. */
  ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
  kill(signal: NodeJS.Signals): void
}

async function start(script: string, kind: 'mjs' | 'cjs' = 'mjs'): Promise<Parent> {
  const path = join(folder, `${Math.random()}.${kind}`)
  const names = '{ createTypeScriptEngine, resolveTaskOptions }'
  const load =
    kind === 'mjs'
      ? `import ${names} from ${JSON.stringify(new URL('index.js', dist).href)}`
      : `const ${names} = require(${JSON.stringify(createRequire(dist).resolve('./index.cjs'))})`
  await writeFile(path, `${load}\n${prelude}\n;(async () => { await engine.start(); ${script} })()`)
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'pipe'] })
  parents.push(child)
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const lines = linesOf(child)
  return {
    pid: child.pid ?? -1,
    line: async () => JSON.parse((await lines.next()).value as string) as unknown,
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stderr }))),
    kill: (signal) => child.kill(signal),
  }
}

async function* linesOf({ stdout }: ChildProcess): AsyncGenerator<string> {
  let text = ''
  for await (const chunk of stdout ?? []) {
    text += String(chunk)
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
}

const well = { code: 0, signal: null, stderr: '' }

describe('a parent', () => {
  test.each(['mjs', 'cjs'] as const)('ends while its children are idle, and they with it (%s)', async (kind) => {
    const parent = await start(`say(await submit(() => process.pid).wait())`, kind)
    const pid = (await parent.line()) as number
    expect(await parent.ended).toEqual(well)
    await gone(pid)
  })

  test('stays alive for a task that runs, waits or is tried again', async () => {
    const parent = await start(`
      submit(() => new Promise((resolve) => setTimeout(resolve, 50)), { onSuccess: () => say('ran') })
      submit(() => 1, { delayMs: 60, onSuccess: () => say('waited') })
      submit(() => process.exit(1), { maxRetries: 1, retryDelayMs: 1, onFailure: () => say('failed') })`)
    const lines = [await parent.line(), await parent.line(), await parent.line()]
    expect(new Set(lines)).toEqual(new Set(['failed', 'ran', 'waited']))
    expect(await parent.ended).toEqual(well)
  })

  test('has no child left when its engine has stopped', async () => {
    const parent = await start(`
      submit(forever)
      submit(loop, { timeoutMs: Infinity }, [60_000])
      await new Promise((resolve) => { let n = 0; engine.subscribe(['started'], () => ++n === 2 && resolve()) })
      say('busy')
      await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
      say('stopped')
      setInterval(() => {}, 1000)`)
    expect(await parent.line()).toBe('busy')
    expect(await parent.line()).toBe('stopped')
    expect(childrenOf(parent.pid)).toEqual([])
  })

  const ends: readonly (readonly [string, string, NodeJS.Signals | null])[] = [
    ['is killed by SIGKILL', '', 'SIGKILL'],
    ['is ended by SIGTERM', '', 'SIGTERM'],
    ['exits', 'process.exit(0)', null],
    ['aborts', 'process.abort()', null],
  ]

  test.each(ends)('leaves no orphans when it %s, blocked or not', async (_, script, signal) => {
    const parent = await start(`
      const pids = []
      engine.subscribe(['started'], async ({ taskId }) => {
        pids.push((await engine.find(taskId)).workerId)
        if (pids.length < 2) return
        say(pids)
        process.stdout.write('', () => { ${script} })
      })
      submit(forever)
      submit(loop, { timeoutMs: Infinity }, [600_000])`)
    const pids = (await parent.line()) as number[]
    expect(pids.length).toBe(2)
    if (signal !== null) parent.kill(signal)
    await parent.ended
    await Promise.all(pids.map(gone))
    expect(pids.filter(isAlive)).toEqual([])
  })

  test('may have its engine in a worker thread, whose children go with it, blocked or not', async () => {
    const parent = await start(`
      const { Worker, isMainThread, parentPort } = await import('node:worker_threads')
      if (isMainThread) {
        const worker = new Worker(new URL(import.meta.url))
        worker.once('message', async (pids) => {
          await worker.terminate()
          say(pids)
          setInterval(() => {}, 1000)
        })
      } else {
        const handles = [submit(forever), submit(loop, { timeoutMs: Infinity }, [600_000])]
        let started = 0
        engine.subscribe(['started'], () => {
          if (++started === 2) parentPort.postMessage(handles.map((handle) => handle.stats().workerId))
        })
      }`)
    const pids = (await parent.line()) as number[]
    expect(pids.length).toBe(2)
    await Promise.all(pids.map(gone))
    expect(isAlive(parent.pid)).toBe(true)
  })

  test('shows what its children write', async () => {
    const parent = await start(`
      await submit(() => { process.stdout.write('"out"\\n'); process.stderr.write('err'); return 1 }).wait()
      await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })`)
    expect(await parent.line()).toBe('out')
    expect(await parent.ended).toEqual({ ...well, stderr: 'err' })
  })
})
