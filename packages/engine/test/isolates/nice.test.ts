// C workers, threads and processes give way to the event loop that submits: their nice value is raised, and nobody else's.
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { nativeMissing } from '../native/native-core.ts'
import { startNative } from '../native/native-engines.ts'
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

  test('are nice by laneNice', async () => {
    const polite = await startWith(make, { laneNice: 19 })
    expect(await polite.submit(threadCall(niceOf), []).wait()).toBe(raised(19))
    const equal = await startWith(make, { laneNice: 0 })
    expect(await equal.submit(threadCall(niceOf), []).wait()).toBe(own)
  })
})

describe.runIf(process.platform === 'linux' && nativeMissing === undefined)('C workers', () => {
  /** Of the threads that C has named so. */
  const nicesOfWorkers = (): number[] =>
    readdirSync('/proc/self/task')
      .filter((thread) => /^ctz-\d+$/m.test(readFileSync(`/proc/self/task/${thread}/comm`, 'utf8')))
      .map((thread) => getPriority(Number(thread)))

  test('are nice by laneNice, and the thread that submits is not', async () => {
    await startNative({ workers: 2, laneNice: 7 })
    await vi.waitUntil(() => nicesOfWorkers().filter((nice) => nice === raised(7)).length === 2)
    expect(getPriority(0)).toBe(own)
  })
})

describe('processes', () => {
  afterEach(stopAll)

  test('are nice by laneNice', async () => {
    const { run } = await startProcesses({ maxProcesses: 1, laneNice: 5 })
    const [nice, pid] = (await run(() => [process.getBuiltinModule('node:os').getPriority(0), process.pid]).wait()) as [
      number,
      number,
    ]
    expect(nice).toBe(raised(5))
    expect(pid).not.toBe(process.pid)
  })
})
