// A task is compiled where it runs: the process that submits it knows nothing of machine code, the worker has it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createTasks } from '@catzilla/api'
import { expect, it, onTestFinished } from 'vitest'

interface Services {
  redisService(): Promise<{ readonly url: string; stop(): Promise<void> } | { readonly skip: string }>
}

const services = pathToFileURL(join(import.meta.dirname, '../../../tools/services.mjs')).href

function fibonacci(n: number): number {
  let [a, b] = [0, 1]
  for (let step = 0; step < n; step++) [a, b] = [b, a + b]
  return a
}

/** Why nothing is compiled here; undefined where it is. */
async function missing(): Promise<string | undefined> {
  await using tasks = createTasks()
  if (tasks.engineInfo.name !== 'native') return tasks.engineInfo.reason
  return spawnSync('cc', ['--version']).status === 0 ? undefined : 'there is no C compiler'
}

it('a worker compiles what another process submits', { timeout: 240_000 }, async ({ skip }) => {
  const why = await missing()
  if (why !== undefined) return skip(why)
  const server = await ((await import(services)) as Services).redisService()
  if ('skip' in server) return skip(server.skip)
  onTestFinished(() => server.stop())
  const worker = createTasks({ engine: `${server.url}?role=worker&local=native` })
  const running = worker.task({ name: 'fibonacci' }, fibonacci)
  const producer = createTasks({ engine: `${server.url}?role=producer&local=typescript` })
  const submitted = producer.task({ name: 'fibonacci', compile: false }, fibonacci)
  onTestFinished(async () => void (await producer.shutdown()))
  onTestFinished(async () => void (await worker.shutdown({ waitForCompletion: false })))
  let calls = 0
  // compiling takes its time, in the background: until then the body runs as it is
  while (calls === 0) {
    expect(await submitted.delay(50).wait()).toBe(12_586_269_025)
    const { native } = running.explain()
    calls = native?.bodies.reduce((sum, body) => sum + body.calls, 0) ?? 0
  }
  expect(submitted.explain().native?.compiled ?? false).toBe(false)
})
