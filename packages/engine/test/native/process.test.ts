// The native engine in processes of its own: what keeps one alive, and how one ends while kernels run.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nativeMissing } from './native-core.ts'

let folder: string
let prelude: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catzilla-native-'))
  const outfile = join(folder, 'engine.mjs')
  const source = join(import.meta.dirname, '../../src/index.ts')
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  // the bundle lies elsewhere: packages are found from here
  prelude = `
    import { createRequire } from 'node:module'
    import { Worker, isMainThread } from 'node:worker_threads'
    import { fileURLToPath } from 'node:url'
    import { resolveTaskOptions, selectEngine } from ${JSON.stringify(pathToFileURL(outfile).href)}
    const load = createRequire(${JSON.stringify(import.meta.filename)})
    const { engine } = selectEngine('native', { workers: 2 }, { env: {}, load })
    const submit = (name, args, options = {}) =>
      engine.submit({ name, kernel: { name }, options: resolveTaskOptions({ lane: 'native', maxRetries: 0, ...options }) }, args)
    const say = (text) => console.log(text)
  `
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string[]
}

/** Runs a script until its process ends by itself. */
async function run(script: string): Promise<Ended> {
  const path = join(folder, `${Math.random()}.mjs`)
  await writeFile(path, `${prelude}\n${script}`)
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path],
      { timeout: 50_000, killSignal: 'SIGKILL' },
      (_, stdout, stderr) => {
        const output = `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
        resolve({ code: child.exitCode, signal: child.signalCode, output })
      },
    )
  })
}

const well = (output: string[]): Ended => ({ code: 0, signal: null, output })

describe.skipIf(nativeMissing !== undefined)('a process', () => {
  test('ends while its engine is idle, before and after tasks', async () => {
    expect(await run('await engine.start()')).toEqual(well([]))
    expect(await run(`await engine.start(); say(await submit('add', [1, 2]).wait())`)).toEqual(well(['3']))
  })

  test.each([
    ['running', `submit('spin', [30_000], { onSuccess: () => say('done') })`],
    ['delayed', `submit('add', [1, 2], { delayMs: 30, onSuccess: () => say('done') })`],
    ['gated', `submit('add', [1, 2], { concurrency: 1, onSuccess: () => say('done') })`],
    ['retried', `submit('spin', [-1], { maxRetries: 2, retryDelayMs: 5, onFailure: () => say('done') })`],
  ])('stays alive for a kernel that is %s', async (_, script) => {
    expect(await run(`await engine.start(); ${script}`)).toEqual(well(['done']))
  })

  test('keeps an engine that is held by nothing but the promise of a task', async () => {
    const script = `
      const work = async () => {
        const { engine } = selectEngine('native', { workers: 1 }, { env: {}, load })
        await engine.start()
        const options = resolveTaskOptions({ lane: 'native' })
        return engine.submit({ name: 'spin', kernel: { name: 'spin' }, options }, [50_000]).wait()
      }
      const rounds = Array.from({ length: 5 }, work)
      const collector = setInterval(gc, 1)
      await Promise.all(rounds)
      clearInterval(collector)
      say('done')`
    expect(
      await run(`import { setFlagsFromString } from 'node:v8'
      import { runInNewContext } from 'node:vm'
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc')
      ${script}`),
    ).toEqual(well(['done']))
  })

  test('ends at process.exit, and when it throws, while kernels run', async () => {
    const busy = `await engine.start(); for (let n = 0; n < 50; n++) submit('spin', [60e6], { timeoutMs: Infinity })`
    expect(await run(`${busy}; setTimeout(() => process.exit(3), 20)`)).toMatchObject({ code: 3, signal: null })
    const thrown = await run(`${busy}; setTimeout(() => { throw new Error('out') }, 20)`)
    expect([thrown.code, thrown.signal]).toEqual([1, null])
  })

  test('ends after a stop that abandons kernels', async () => {
    const script = `
      await engine.start()
      const handle = submit('spin', [60e6], { timeoutMs: Infinity })
      handle.wait().catch((error) => say(error.name))
      setTimeout(async () => say((await engine.stop({ waitForCompletion: true, timeoutMs: 10 })).abandoned.length), 20)
    `
    expect(await run(script)).toEqual(well(['EngineClosedError', '1']))
  })

  test('has engines in several isolates, and a worker may be terminated while its kernels run', async () => {
    const script = `
      await engine.start()
      if (isMainThread) {
        const worker = new Worker(fileURLToPath(import.meta.url))
        worker.once('message', async () => {
          await worker.terminate()
          say(await submit('add', [20, 22]).wait())
        })
      } else {
        const { parentPort } = await import('node:worker_threads')
        await submit('add', [1, 1]).wait()
        for (let n = 0; n < 50; n++) submit('spin', [60e6], { timeoutMs: Infinity })
        setTimeout(() => parentPort.postMessage('busy'), 10)
      }
    `
    expect(await run(script)).toEqual(well(['42']))
  })
})
