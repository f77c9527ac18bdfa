// A task that ends the process at once cannot do so for ever: a service that is started again and again gets past it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { bundled } from './bundled.ts'

it('a service with a poison task comes up after maxRecoveries, and does everything else', async () => {
  const root = mkdtempSync(join(tmpdir(), 'catzilla-poison-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const program = await bundled('poison-program')
  const live = (mode: string): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, ['--no-warnings', program, join(root, 'data'), mode], { encoding: 'utf8' })
  const deaths = ['submit', 'again', 'again', 'again'].map((mode) => live(mode).signal)
  expect(deaths).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL'])
  const last = live('again')
  expect([last.signal, last.stderr]).toEqual([null, ''])
  expect(JSON.parse(String(last.stdout))).toEqual({ completed: ['harmless'], dead: ['poison'] })
})
