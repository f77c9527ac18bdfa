// A directory and two real processes: the second one is refused while the first one lives, and goes on when it was killed.
// The first one writes 'relaxed': what it was told is accepted outlives it all the same.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTypeScriptEngine } from '@catzilla/engine'
import type { TaskEngine } from '@catzilla/engine'
import { expect, it, onTestFinished } from 'vitest'
import { createDurableEngine } from '../src/index.ts'
import { bundled } from './bundled.ts'
import { define } from './durable-for-test.ts'

/** A process that has the directory, and the ids of the tasks that it had accepted. */
async function holderOf(directory: string): Promise<{ readonly child: ChildProcess; readonly ids: string[] }> {
  const child = spawn(process.execPath, ['--no-warnings', await bundled('holder-program'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString()))
    child.once('close', (code) => reject(new Error(`the process that has the directory ended with ${code}`)))
  })
  return { child, ids: said.trim().split(' ') }
}

function over(directory: string): TaskEngine {
  const engine = createDurableEngine(createTypeScriptEngine(), directory)
  onTestFinished(async () => void (await engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
  return engine
}

it('a directory has one process, until that is killed', { timeout: 60_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'catzilla-two-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const directory = join(root, 'data')
  const { child, ids } = await holderOf(directory)
  await expect(over(directory).start()).rejects.toMatchObject({
    reason: 'locked',
    message: expect.stringContaining(`process ${child.pid}`),
  })
  child.kill('SIGKILL')
  await once(child, 'close')
  const engine = over(directory)
  await engine.start()
  define(engine, 'double', (n: number) => 2 * n)
  await engine.drain()
  const found = await Promise.all(ids.map(async (id) => (await engine.find(id))?.outcome))
  expect(found).toEqual([2, 4, 6].map((value) => ({ status: 'completed', value })))
})
