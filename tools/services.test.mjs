// Servers of tests end with the test run, also when it is killed.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'

const services = new URL('services.mjs', import.meta.url).href
const program = `
  import { redisService } from ${JSON.stringify(services)}
  const service = await redisService({ ...process.env, REDIS_URL: '' })
  console.log(JSON.stringify(service))
  process.stdin.once('data', async () => { await service.stop(); process.exit(0) })`
const patience = { timeout: 60_000, interval: 20 }

let folder
let run

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catzilla services '))
  run = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  })
})

afterEach(() => {
  run.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test.for([
  ['a run that is killed takes its server along', () => run.kill('SIGKILL')],
  ['a run that ends by itself stops it', () => run.stdin.write('stop\n')],
])('%s', { timeout: 120_000 }, async ([_title, end], { skip }) => {
  const service = await firstLine(run.stdout)
  if (service.skip) skip(service.skip)
  expect(await answers(service.url)).toBe(true)
  end()
  await expect.poll(() => answers(service.url), patience).toBe(false)
  await expect.poll(() => readdirSync(folder), patience).toEqual([])
})

async function firstLine(stream) {
  for await (const line of createInterface(stream)) return JSON.parse(line)
}

function answers(url) {
  return new Promise((yes) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy()
      yes(true)
    })
    socket.once('error', () => yes(false))
  })
}
