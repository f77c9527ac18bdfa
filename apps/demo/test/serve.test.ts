// `--serve`, as a user runs it: up until a signal, then a clean end.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { frameworkNames } from '../src/server/frameworks/frameworks.ts'

interface RunLine {
  readonly workflow: string
  readonly status: string
}

const program = join(import.meta.dirname, '../dist/main.js')

it.each(frameworkNames)('serves on %s until it is told to end', async (framework) => {
  const out = await mkdtemp(join(tmpdir(), 'catzilla-serve-'))
  const args = ['--serve', '--port=0', `--framework=${framework}`, '--engine=typescript', `--out=${out}`]
  const child = spawn(process.execPath, [program, ...args])
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await rm(out, { recursive: true })
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let printed = ''
  const origin = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        const found = /listening on (\S+);[^]*openapi\.json/.exec(printed)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    void ended.then(() => reject(new Error(`the server ended: ${printed}`)))
  })
  expect(printed).toContain(`Catzilla Tasks on ${framework}, the typescript engine`)

  const headers = { 'content-type': 'application/json' }
  const body = '{"user_id":1,"message":"hello"}'
  expect((await fetch(`${origin}/notify`, { method: 'POST', headers, body })).status).toBe(200)
  const { runs } = (await (await fetch(`${origin}/tasks/workflows/runs`)).json()) as { runs: RunLine[] }
  expect(runs.map(({ workflow, status }) => [workflow, status])).toEqual([
    ['station export', 'failed'],
    ['data pipeline', 'completed'],
  ])
  const { schedules } = (await (await fetch(`${origin}/tasks/schedules`)).json()) as { schedules: object[] }
  expect(schedules).toMatchObject([{ id: 'analyse the readings', paused: false }])
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(printed).toMatch(/requests: 0 finished, 0 cut off/)
  expect(printed).toMatch(/shutdown: \d+ completed, 0 cancelled, 0 requeued, 0 abandoned; 1 e-mails were received/)
})
