// One allocation that is larger than a limit. What V8 does with it in a thread is shown in plain Node, without anything of
// ours: where that changes, docs/lanes.md has to.
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { MemoryLimitError } from '@catzilla/engine'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { TaskHandle } from '../../src/contract/task.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import { engineKinds, startWith } from './thread/thread-engines.ts'

/** A program that says how a thread with a small heap ended, if it lives to see it. */
function endOf(body: string): { readonly said: string; readonly error: string; readonly killed: boolean } {
  const program = `
    const { Worker } = require('node:worker_threads')
    const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 16 }
    const worker = new Worker(${JSON.stringify(body)}, { eval: true, resourceLimits })
    worker.on('error', (error) => process.stdout.write(error.code ?? error.name))`
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  return { said: stdout, error: stderr, killed: signal !== null || status !== 0 }
}

describe('a thread of plain Node', () => {
  test('that takes too much in small steps ends alone', () => {
    const { said, killed } = endOf(
      'const kept = []; for (;;) kept.push(Array.from({ length: 100 }, (_, n) => ({ n })))',
    )
    expect([said, killed]).toEqual(['ERR_WORKER_OUT_OF_MEMORY', false])
  })

  test('that takes far too much at once ends the whole program: there is nothing that could be caught', () => {
    const { said, error, killed } = endOf('try { new Array(8e6).fill(1.5) } catch {}')
    expect([said, killed]).toEqual(['', true])
    expect(error).toContain('heap out of memory')
  })

  test.each([
    ['a buffer that is too large', 'new ArrayBuffer(2 ** 52)'],
    ['a text that is too large', `'x'.repeat(2 ** 31)`],
    ['a stack that is too deep', 'const deep = () => deep() + 1; deep()'],
  ])('gets an error for %s', (_what, body) => {
    expect(endOf(body)).toMatchObject({ said: 'RangeError', killed: false })
  })
})

describe.each(engineKinds)('one allocation beyond the limit on the %s engine', (_name, make) => {
  function submit(engine: TaskEngine, lane: 'thread' | 'process', handler: () => unknown): TaskHandle {
    const options = resolveTaskOptions({ lane, memoryLimitMb: 40, maxRetries: 0, timeoutMs: Infinity })
    return engine.submit({ name: 'huge', options, handler }, [])
  }

  test('fails its task alone in a process', async () => {
    const engine = await startWith(make, { maxProcesses: 1 })
    const hog = (): void => {
      const kept: number[][] = []
      for (;;) kept.push(Array.from({ length: 8e6 }, () => 1.5))
    }
    await expect(submit(engine, 'process', hog).wait()).rejects.toBeInstanceOf(MemoryLimitError)
    expect(await submit(engine, 'process', () => 'next').wait()).toBe('next')
    await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
  })

  test.each([
    ['a buffer', () => new ArrayBuffer(2 ** 52)],
    ['a text', () => 'x'.repeat(2 ** 31)],
    [
      'the stack',
      () => {
        const deep = (): number => deep() + 1
        return deep()
      },
    ],
  ] as const)('is an error that a body in a thread can catch: %s', async (_what, body) => {
    const engine = await startWith(make, { maxThreads: 1 })
    await expect(submit(engine, 'thread', body).wait()).rejects.toBeInstanceOf(RangeError)
    expect(await submit(engine, 'thread', () => 'next').wait()).toBe('next')
  })
})
