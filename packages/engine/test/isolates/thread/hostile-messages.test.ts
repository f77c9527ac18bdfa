// A body may get hold of the port of its thread and post anything there: what is no message of a thread is not heard.
import { expect, test } from 'vitest'
import { engineKinds, startWith, threadCall } from './thread-engines.ts'

/** Posts them before its result, which is so large that it goes by the same port: they have come when it has. */
const posting = (words: readonly unknown[], slots: number): string => {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const { port } = workerData as { readonly port: { postMessage(message: unknown): void } }
  for (const word of words) port.postMessage(word)
  for (let slot = 0; slot < slots; slot++) {
    port.postMessage({ kind: 'report', slot, attempt: 1, report: null })
    port.postMessage({ kind: 'report', slot, attempt: 1, report: { kind: 'progress', ratio: 'half' } })
    port.postMessage({ kind: 'report', slot, attempt: 1, report: { kind: 'log', message: 5 } })
  }
  return 'x'.repeat(5000)
}

test.each(engineKinds)('what is no message does no harm on the %s engine', async (_, make) => {
  const thrown: unknown[] = []
  const note = (error: unknown): void => void thrown.push(error)
  process.on('uncaughtException', note)
  const engine = await startWith(make, { maxThreads: 1 })
  const words = [null, undefined, 5, 'text', [], {}, { kind: 'end' }, { kind: 'end', slot: 4095 }, { kind: 'code' }]
  const handle = engine.submit(threadCall(posting), [words, 5])
  expect(await handle.wait()).toHaveLength(5000)
  expect(handle.stats().progress).toBeNull()
  const next = engine.submit(
    threadCall((n: number) => n + 1),
    [1],
  )
  expect(await next.wait()).toBe(2)
  expect(next.stats().workerId).toBe(handle.stats().workerId)
  process.off('uncaughtException', note)
  expect(thrown).toEqual([])
})
