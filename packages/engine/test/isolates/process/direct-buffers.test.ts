// Buffers of megabytes that a parent copies to where its child has room for them, and out of where the child has them: once on
// either way; and every way in which that may not come off.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { PayloadError, TaskCancelledError, TaskCrashedError } from '@catzilla/engine'
import { readMessage } from '../../../src/isolates/process/protocol.ts'
import { packValue } from '../../../src/isolates/wire/process-payload.ts'
import { ProcessMemory, processMemory } from '../../../src/isolates/wire/process-memory.ts'
import { loadCore } from '../../../src/native/load-core.ts'
import { resolveTaskOptions } from '../../../src/options/task-options.ts'
import { engineKinds, startWith } from '../thread/thread-engines.ts'
import { errorOf, gone, startProcesses, stopAll } from './process-engine.ts'

const MIB = 1024 * 1024
const SIZE = 10 * MIB

afterEach(stopAll)

const direct = processMemory()

/** The memory of children as it is, unless a method is given; counts what is copied. */
class CountingMemory extends ProcessMemory {
  written = 0
  readBytes = 0

  constructor() {
    super(theNative())
  }

  override write(pid: number, at: readonly bigint[], buffers: readonly ArrayBuffer[]): void {
    super.write(pid, at, buffers)
    for (const { byteLength } of buffers) this.written += byteLength
  }

  override read(pid: number, at: readonly bigint[], lengths: readonly number[]): ArrayBuffer[] {
    const buffers = super.read(pid, at, lengths)
    for (const { byteLength } of buffers) this.readBytes += byteLength
    return buffers
  }
}

function theNative(): ConstructorParameters<typeof ProcessMemory>[0] {
  return loadCore().otherMemory
}

/** The memory of children with a step before each copy. */
function disturbed(before: { write?: (pid: number) => void; read?: (pid: number) => void }): () => ProcessMemory {
  const memory = new (class extends ProcessMemory {
    override write(pid: number, at: readonly bigint[], buffers: readonly ArrayBuffer[]): void {
      before.write?.(pid)
      super.write(pid, at, buffers)
    }

    override read(pid: number, at: readonly bigint[], lengths: readonly number[]): ArrayBuffer[] {
      before.read?.(pid)
      return super.read(pid, at, lengths)
    }
  })(theNative())
  return () => memory
}

function pattern(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let index = 0; index < size; index += 4093) bytes[index] = index
  return bytes
}

function isPattern(bytes: unknown, size = SIZE): boolean {
  return bytes instanceof Uint8Array && Buffer.compare(bytes, pattern(size)) === 0
}

const echo = (bytes: Uint8Array): Uint8Array => bytes
const lengthOf = (bytes: Uint8Array): number => bytes.length

/** Bytes that this process has read and written by calls of the system. */
function traffic(): number {
  const text = readFileSync('/proc/self/io', 'utf8')
  return [...text.matchAll(/^[rw]char: (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** A body that says what its process has in buffers, and what went through calls of the system. */
const weigh = (bytes: Uint8Array): readonly [Uint8Array, number, number] => {
  const text = process.getBuiltinModule('node:fs').readFileSync('/proc/self/io', 'utf8')
  const counts = [...text.matchAll(/^[rw]char: (\d+)/gm)].map(([, count]) => Number(count))
  return [bytes, process.memoryUsage().arrayBuffers, counts.reduce((sum, count) => sum + count, 0)]
}
type Weighed = [Uint8Array, number, number]

describe.skipIf(direct === null)('a buffer of 10 MB', () => {
  test('is copied once on its way to a process, and once on its way back', async () => {
    const memory = new CountingMemory()
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory: () => memory })
    const [, emptyThere, trafficThere] = (await run(weigh, [new Uint8Array(8)]).wait()) as Weighed
    const bytes = pattern(SIZE)
    const [before, emptyHere] = [traffic(), process.memoryUsage().arrayBuffers]
    // taken over: there is no copy of the engine's own
    const [back, there, trafficAfter] = (await run(weigh, [bytes], { transfer: true }).wait()) as Weighed
    const here = process.memoryUsage().arrayBuffers
    expect([bytes.length, isPattern(back)]).toEqual([0, true])
    expect([memory.written, memory.readBytes]).toEqual([SIZE, SIZE])
    // the buffer of the body there, and of the result here; none of it went through a file or the channel
    expect((there - emptyThere) / SIZE).toBeCloseTo(1, 1)
    expect((here - emptyHere) / SIZE).toBeLessThan(1.1)
    expect((trafficAfter - trafficThere) / SIZE).toBeLessThan(0.05)
    expect((traffic() - before) / SIZE).toBeLessThan(0.05)
  })

  test.each(engineKinds)('goes through no file on the %s engine', async (_name, make) => {
    const engine = await startWith(make, { maxProcesses: 1 })
    const options = resolveTaskOptions({ lane: 'process', maxRetries: 0 })
    const submit = (bytes: Uint8Array): Promise<unknown> =>
      engine.submit({ name: 'weigh', options, handler: weigh }, [bytes]).wait()
    const [, , trafficThere] = (await submit(new Uint8Array(8))) as Weighed
    const before = traffic()
    const [back, , trafficAfter] = (await submit(pattern(SIZE))) as Weighed
    const trafficHere = traffic() - before
    await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
    expect(isPattern(back)).toBe(true)
    expect((trafficAfter - trafficThere) / SIZE).toBeLessThan(0.05)
    expect(trafficHere / SIZE).toBeLessThan(0.05)
  })

  test('keeps views on one buffer on one buffer, also beside others', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const body = (all: Uint8Array, part: Float64Array, other: Uint8Array): readonly unknown[] => {
      all[8] = 1
      return [all.buffer === part.buffer, part[0], other, all, part, 'text']
    }
    const bytes = pattern(SIZE)
    const result = run(body, [bytes, new Float64Array(bytes.buffer, 8, 2), pattern(MIB)])
    const [same, first, other, all, part] = (await result.wait()) as [
      boolean,
      number,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    expect([same, first, isPattern(other, MIB)]).toEqual([true, 5e-324, true])
    expect([all.length, all.buffer === part.buffer]).toEqual([SIZE, true])
  })

  test('arrives from processes that leave after one task', async () => {
    const { run, engine } = await startProcesses({ maxProcesses: 1, recycleAfterTasks: 1 })
    for (let round = 0; round < 3; round++) expect(isPattern(await run(echo, [pattern(SIZE)]).wait())).toBe(true)
    const last = run(echo, [pattern(SIZE)])
    await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
    expect(isPattern(await last.wait())).toBe(true)
  })
})

describe.skipIf(direct === null)('a buffer finds another way', () => {
  test('where the process has no native core', async () => {
    const before = process.env['CATZILLA_NATIVE']
    process.env['CATZILLA_NATIVE'] = 'off'
    onTestFinished(() => {
      if (before === undefined) delete process.env['CATZILLA_NATIVE']
      else process.env['CATZILLA_NATIVE'] = before
    })
    const memory = new CountingMemory()
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory: () => memory })
    expect(isPattern(await run(echo, [pattern(SIZE)]).wait())).toBe(true)
    expect([memory.written, memory.readBytes]).toEqual([0, 0])
  })

  test('where this process has none: results are sent again, and at once from then on', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory: () => null })
    for (let round = 0; round < 2; round++) expect(isPattern(await run(echo, [pattern(SIZE)]).wait())).toBe(true)
  })

  test('where there is no room after all', async () => {
    const memory = new (class extends ProcessMemory {
      override write(pid: number, _at: readonly bigint[], buffers: readonly ArrayBuffer[]): void {
        super.write(
          pid,
          buffers.map(() => 8n),
          buffers,
        )
      }
    })(theNative())
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory: () => memory })
    expect(isPattern(await run(echo, [pattern(SIZE)]).wait())).toBe(true)
  })
})

describe.skipIf(direct === null)('a task whose buffers are on their way', () => {
  test('fails as any other when its process ends before its result was read', async () => {
    let times = 0
    const memory = disturbed({
      read: (pid) => {
        if (++times > 1) return
        process.kill(pid, 'SIGKILL')
        // its memory goes before it does
        while (direct?.reaches(pid) === true) continue
      },
    })
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory })
    const error = await errorOf(run(echo, [pattern(SIZE)]))
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(error.message).toContain('SIGKILL')
    expect(isPattern(await run(echo, [pattern(SIZE)]).wait())).toBe(true)
    // and a task that may be tried again is
    times = 0
    expect(isPattern(await run(echo, [pattern(SIZE)], { maxRetries: 1 }).wait())).toBe(true)
  })

  test('runs in another process when its own ends before it has them', async () => {
    let killed = 0
    const memory = disturbed({
      write: (pid) => {
        if (killed > 0) return
        killed = pid
        process.kill(pid, 'SIGKILL')
      },
    })
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory })
    expect(isPattern(await run(echo, [pattern(SIZE)], { maxRetries: 1 }).wait())).toBe(true)
    await gone(killed)
  })

  test('may be cancelled, and the process goes on', async () => {
    let cancel: (() => void) | undefined
    const memory = disturbed({
      write: () => {
        cancel?.()
        cancel = undefined
      },
    })
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory })
    const pid = await run(() => process.pid).wait()
    const handle = run(lengthOf, [pattern(SIZE)])
    cancel = () => void handle.cancel('enough')
    expect(await errorOf(handle)).toBeInstanceOf(TaskCancelledError)
    expect(await run(lengthOf, [pattern(SIZE)]).wait()).toBe(SIZE)
    expect(await run(() => process.pid).wait()).toBe(pid)
  })

  test('fails alone when its process says a place where nothing is', async () => {
    let wrong = true
    const memory = new (class extends ProcessMemory {
      override read(pid: number, at: readonly bigint[], lengths: readonly number[]): ArrayBuffer[] {
        const told = wrong ? at.map(() => 8n) : at
        wrong = false
        return super.read(pid, told, lengths)
      }
    })(theNative())
    const { run } = await startProcesses({ maxProcesses: 1 }, { memory: () => memory })
    const error = await errorOf(run(echo, [pattern(SIZE)]))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toContain('cannot be reached: EFAULT')
    expect(isPattern(await run(echo, [pattern(SIZE)]).wait())).toBe(true)
  })
})

test('a place that a child tells is a list of numbers of 64 bits', () => {
  const value = { ...packValue('nothing'), carried: [MIB] }
  const done = { kind: 'done', serial: 1, ranMs: 0, rss: 0, heap: 0, value }
  for (const at of [[1n], undefined]) expect(readMessage({ ...done, at })).toBeDefined()
  for (const at of [[], [1], [-1n], [2n ** 64n], [1n, 2n], null, 'x']) {
    expect(readMessage({ ...done, at })).toBeUndefined()
  }
  for (const at of [null, [], [1n]]) expect(readMessage({ kind: 'room', serial: 1, at })).toBeDefined()
  for (const at of [undefined, 1n, ['1']]) expect(readMessage({ kind: 'room', serial: 1, at })).toBeUndefined()
})
