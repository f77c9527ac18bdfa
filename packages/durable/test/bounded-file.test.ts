// The room of tasks that are over and no longer kept is used again: the file grows with what is kept, not with what has run.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTypeScriptEngine } from '@catzilla/engine'
import { expect, it, onTestFinished } from 'vitest'
import { createDurableEngine } from '../src/index.ts'
import { define } from './durable-for-test.ts'

const WAVES = 40
const PER_WAVE = 500
const PAYLOAD = 'x'.repeat(4000)

it('the file is much smaller than all that went through it', { timeout: 60_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'catzilla-bounded-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const directory = join(root, 'data')
  const engine = createDurableEngine(createTypeScriptEngine(), directory, { keepResults: 50, durability: 'relaxed' })
  await engine.start()
  onTestFinished(async () => void (await engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
  const call = define(engine, 'echo', (text: string) => text)
  for (let wave = 0; wave < WAVES; wave++) {
    const handles = engine.submitMany(
      call,
      Array.from({ length: PER_WAVE }, (_, n) => [`${wave} ${n} ${PAYLOAD}`]),
    )
    await Promise.all(handles.map((handle) => handle.wait()))
  }
  // arguments and result of each
  const written = 2 * WAVES * PER_WAVE * PAYLOAD.length
  expect(statSync(join(directory, 'data.mdb')).size).toBeLessThan(written / 2)
  expect((await engine.list({ limit: 1000 })).tasks).toHaveLength(50)
})
