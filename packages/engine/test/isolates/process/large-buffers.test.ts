// Buffers of megabytes on their way to a process and back: how often they are copied, and that nothing of them stays behind.
import { openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { readMessage } from '../../../src/isolates/process/protocol.ts'
import { Carrier } from '../../../src/isolates/wire/carrier.ts'
import { largeBuffers, packValue, refuseShared, unpackValue } from '../../../src/isolates/wire/process-payload.ts'
import { copyToSend } from '../../../src/support/payload-copy.ts'
import { errorOf, startProcesses, stopAll } from './process-engine.ts'

const MIB = 1024 * 1024
const SIZE = 10 * MIB

afterEach(stopAll)

/** As where there is no native core, which copies without a file. */
const byFile = { memory: () => null }

function carrierForTest(): Carrier {
  const carrier = Carrier.open()
  if (carrier === null) throw new Error('there is no file system in memory')
  onTestFinished(() => carrier.close())
  return carrier
}

function pattern(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let index = 0; index < size; index += 4093) bytes[index] = index
  return bytes
}

/** Carriers that this process has open, by what the system says that they are. */
function openCarriers(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const name = readlinkSync(`/proc/self/fd/${fd}`)
      return name.startsWith('/dev/shm/') ? [name] : []
    } catch {
      return []
    }
  })
}

/** Bytes that this process has read and written by calls of the system. */
function traffic(): { read: number; written: number } {
  const text = readFileSync('/proc/self/io', 'utf8')
  const count = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1])
  return { read: count('rchar'), written: count('wchar') }
}

describe.skipIf(process.platform !== 'linux')('a large buffer', () => {
  test('is copied into the file once, and out of it once, in each direction, without the native core', async () => {
    const { run } = await startProcesses({}, byFile)
    const body = (bytes: Uint8Array): readonly [Uint8Array, number, number] => {
      const { arrayBuffers } = process.memoryUsage()
      const text = process.getBuiltinModule('node:fs').readFileSync('/proc/self/io', 'utf8')
      bytes[1] = 7
      return [bytes, arrayBuffers, Number(/^rchar: (\d+)/m.exec(text)?.[1])]
    }
    const [, emptyHeap, readBefore] = (await run(body, [new Uint8Array(8)]).wait()) as [Uint8Array, number, number]
    const bytes = pattern(SIZE)
    const before = traffic()
    const [back, heap, readAfter] = (await run(body, [bytes]).wait()) as [Uint8Array, number, number]
    const after = traffic()
    expect(Buffer.compare(back.subarray(2), bytes.subarray(2))).toBe(0)
    expect([back[1], bytes[1]]).toEqual([7, 0])
    // to the child: one write here, one read there, and one buffer there
    expect((after.written - before.written) / SIZE).toBeCloseTo(1, 1)
    expect((readAfter - readBefore) / SIZE).toBeCloseTo(1, 1)
    expect((heap - emptyHeap) / SIZE).toBeCloseTo(1, 1)
    // and back: one read here
    expect((after.read - before.read) / SIZE).toBeCloseTo(1, 1)
  })

  test('of the caller is taken over with transfer, also when the task runs twice', async () => {
    const { run } = await startProcesses()
    const bytes = pattern(SIZE)
    const sum = (given: Uint8Array): number => {
      const context = (globalThis as Record<symbol, unknown>)[Symbol.for('@catzilla/engine/task-context')] as {
        getStore(): { context: { attempt: number } }
      }
      if (context.getStore().context.attempt === 1) process.kill(process.pid, 'SIGKILL')
      return given.reduce((total, each) => total + each, 0)
    }
    const expected = bytes.reduce((total, each) => total + each, 0)
    const handle = run(sum, [bytes], { transfer: true, maxRetries: 1 })
    expect(bytes.length).toBe(0)
    expect(await handle.wait()).toBe(expected)
  })

  test('leaves nothing behind, however its process ends', async () => {
    const shownBefore = readdirSync('/dev/shm').length
    const { run, engine } = await startProcesses({ maxProcesses: 1 })
    const bytes = pattern(SIZE)
    await errorOf(run((given: Uint8Array) => process.kill(process.pid, given.length > 0 ? 'SIGKILL' : 0), [bytes]))
    await errorOf(run((given: Uint8Array) => process.exit(given.length > 0 ? 3 : 0), [bytes]))
    expect(await run((given: Uint8Array) => given.length, [bytes]).wait()).toBe(SIZE)
    // files without a name: nobody can come too late to remove them
    expect(openCarriers()).toEqual([expect.stringMatching(/\(deleted\)$/)])
    expect(readdirSync('/dev/shm').length).toBeLessThanOrEqual(shownBefore)
    await engine.stop({ waitForCompletion: true, timeoutMs: 10_000 })
    expect(openCarriers()).toEqual([])
  })

  test('fails its task alone when the body has closed the file', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 }, byFile)
    const close = (): void => process.getBuiltinModule('node:fs').closeSync(5)
    await run(close).wait()
    const bytes = pattern(SIZE)
    expect(await errorOf(run((given: Uint8Array) => given.length, [bytes]))).toMatchObject({ code: 'EBADF' })
    // what is sent from there finds another way
    const back = (await run(() => new Uint8Array(1024 * 1024).fill(3)).wait()) as Uint8Array
    expect([back.length, back.every((each) => each === 3)]).toEqual([MIB, true])
  })

  test('is not in the message', () => {
    const carrier = carrierForTest()
    const shared = pattern(MIB).buffer
    const value = {
      list: [new Uint8Array(shared), new Float64Array(shared, 8, 2)],
      own: new Map([['a', pattern(MIB)]]),
    }
    const packed = packValue(value, largeBuffers(value), carrier)
    expect(packed.bytes.length).toBeLessThan(200)
    expect(packed.carried).toEqual([MIB, MIB])
    const back = unpackValue(structuredClone(packed), carrier) as typeof value
    expect(Buffer.compare(back.list[0] as Uint8Array, value.list[0] as Uint8Array)).toBe(0)
    expect(Buffer.compare(back.own.get('a') ?? new Uint8Array(), value.own.get('a') ?? new Uint8Array())).toBe(0)
    expect(back.list[0]?.buffer).toBe(back.list[1]?.buffer)
    expect(() => unpackValue(packed, carrier)).toThrow('2097152 bytes were to be in a file of 0')
  })

  test('goes with the message where the file has no room', () => {
    const full = new Carrier(openSync('/dev/full', 'r+'))
    onTestFinished(() => full.close())
    const value = [pattern(MIB)]
    const packed = packValue(value, largeBuffers(value), full)
    expect([packed.carried, packed.bytes.length > MIB]).toEqual([[], true])
    for (const way of [packed, packValue(value, largeBuffers(value), null)]) {
      const [back] = unpackValue(way, full) as typeof value
      expect(Buffer.compare(back ?? new Uint8Array(), value[0] ?? new Uint8Array())).toBe(0)
    }
  })

  test('that a child only claims to have sent takes no memory here', () => {
    const carrier = carrierForTest()
    const { bytes } = packValue('nothing')
    expect(() => unpackValue({ bytes, carried: [2 ** 40] }, carrier)).toThrow('were to be in a file of 0')
    const done = { kind: 'done', serial: 1, ranMs: 0, rss: 0, heap: 0 }
    expect(readMessage({ ...done, value: { bytes, carried: [] } })).toBeDefined()
    for (const carried of [[-1], [0.5], [Number.NaN], ['1'], 1, null]) {
      expect(readMessage({ ...done, value: { bytes, carried } })).toBeUndefined()
    }
  })
})

test('lists with few elements, and objects with many fields, are looked through by what is there', () => {
  const holes: unknown[] = []
  holes[999_999_999] = new SharedArrayBuffer(8)
  expect(() => refuseShared([holes], 'args')).toThrow('args[0][999999999]: a SharedArrayBuffer cannot be copied')
  const fields = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`f${index}`, {}]))
  expect(() => refuseShared({ ...fields, last: new SharedArrayBuffer(8) }, 'args')).toThrow('args.last: a Shared')
})

describe('a copy that is sent at once', () => {
  test('has the large buffers themselves, and copies of what is small', () => {
    const large = pattern(MIB)
    const small = Uint8Array.of(1, 2)
    const copy = copyToSend({ large, small }, 'result') as {
      readonly value: { large: Uint8Array; small: Uint8Array }
      readonly large: readonly ArrayBuffer[]
    }
    expect(copy.value.large.buffer).toBe(large.buffer)
    expect(copy.value.small).toEqual(small)
    expect(copy.value.small).not.toBe(small)
    expect(copy.large).toEqual([large.buffer])
  })

  test('takes no large buffer along for a view that shows little of it', () => {
    const large = pattern(MIB)
    expect(copyToSend([large.subarray(0, 8)], 'result').large).toEqual([])
  })

  test('keeps views on one buffer on one buffer', () => {
    const large = pattern(MIB)
    const { value, large: buffers } = copyToSend([large, large.subarray(0, 8)], 'result')
    const [whole, part] = value as [Uint8Array, Uint8Array]
    expect(whole.buffer).toBe(part.buffer)
    expect(buffers).toEqual([large.buffer])
  })
})
