// A body may get hold of the shared memory of its thread and write anything there: the engine must not hang, crash or give
// one task another's end.
import { describe, expect, test } from 'vitest'
import { engineKinds, startWith, threadCall } from './thread-engines.ts'

/** Fills the memory with numbers made from a seed, but the heads of the rings and what wakes this thread. */
const scribble = (seed: number, from: number, to: number): number => {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const words = new Int32Array((workerData as { memory: SharedArrayBuffer }).memory)
  let state = seed
  for (let index = from; index < Math.min(to, words.length); index++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0
    words[index] = state % 3 === 0 ? state : state & 0xffff
  }
  return words.length
}

describe.each(engineKinds)('the thread lane of the %s engine', (_, make) => {
  test.each([
    ['words of the isolates', 224, 352],
    ['rings and slots', 352, Infinity],
  ])(
    'outlives a body that writes over the %s',
    async (__, from, to) => {
      for (const seed of [1, 2]) {
        const engine = await startWith(make, { maxThreads: 2 })
        const options = { timeoutMs: 200, cancelGraceMs: 0 }
        const handles = [
          engine.submit(threadCall(scribble, options), [seed, from, to]),
          ...Array.from({ length: 20 }, (___, n) =>
            engine.submit(
              threadCall((value: number) => value, options),
              [n],
            ),
          ),
        ]
        const outcomes = new Promise((resolve) => setTimeout(resolve, 400, 'late'))
        await Promise.race([Promise.allSettled(handles.map((handle) => handle.wait())), outcomes])
        // what is left of the lane may be useless; the engine is not
        const { abandoned } = await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
        expect(abandoned.length).toBeLessThanOrEqual(handles.length)
        expect(handles.map(({ status }) => status)).not.toContain('pending')
        expect(handles.map(({ status }) => status)).not.toContain('running')
      }
    },
    60_000,
  )
})
