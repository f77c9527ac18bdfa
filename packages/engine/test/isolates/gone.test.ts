// A task whose thread or process is gone is reported as stalled, once for each attempt, with the cause, before it goes on.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import { engineKinds, startWith } from './thread/thread-engines.ts'

describe.each(engineKinds)('on the %s engine', (_, make) => {
  test.each(['thread', 'process'] as const)('a task whose %s is gone has stalled', async (lane) => {
    const engine = await startWith(make, { maxThreads: 1, maxProcesses: 1 })
    const told: string[] = []
    engine.subscribe(['stalled'], ({ reason }) => told.push(reason))
    engine.subscribe(['retrying', 'failed'], ({ type }) => told.push(type))
    const options = resolveTaskOptions({ lane, maxRetries: 1, retryDelayMs: 0 })
    const handle = engine.submit({ name: 'leaves', options, handler: () => process.exit(3) }, [])
    await rejectionOf(handle.wait())
    await new Promise((resolve) => setImmediate(resolve))
    const gone: unknown = expect.stringMatching(/^its (thread|process \(\d+\)) is gone: .*\b3\b/)
    expect(told).toEqual([gone, 'retrying', gone, 'failed'])
  })
})
