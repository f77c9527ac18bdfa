// Threads and processes give way to the event loop that submits: their nice value is raised, and nobody else's.
import { getPriority } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { startProcesses, stopAll } from './process/process-engine.ts'
import { engineKinds, startWith, threadCall } from './thread/thread-engines.ts'

const own = getPriority(0)
const raised = (by: number): number => Math.min(19, own + by)
/** On Linux that of the thread that asks. */
const niceOf = (): number => process.getBuiltinModule('node:os').getPriority(0)

describe.runIf(process.platform === 'linux').each(engineKinds)('threads of the %s engine', (_, make) => {
  test('are nice by 5, and the thread that submits is not', async () => {
    const engine = await startWith(make)
    expect(await engine.submit(threadCall(niceOf), []).wait()).toBe(raised(5))
    expect(getPriority(0)).toBe(own)
  })

  test('are nice by isolateNice', async () => {
    const polite = await startWith(make, { isolateNice: 19 })
    expect(await polite.submit(threadCall(niceOf), []).wait()).toBe(19)
    const equal = await startWith(make, { isolateNice: 0 })
    expect(await equal.submit(threadCall(niceOf), []).wait()).toBe(own)
  })
})

describe('processes', () => {
  afterEach(stopAll)

  test('are nice by isolateNice', async () => {
    const { run } = await startProcesses({ maxProcesses: 1, isolateNice: 5 })
    const [nice, pid] = (await run(() => [process.getBuiltinModule('node:os').getPriority(0), process.pid]).wait()) as [
      number,
      number,
    ]
    expect(nice).toBe(raised(5))
    expect(pid).not.toBe(process.pid)
  })
})
