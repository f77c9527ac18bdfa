// What goes by message arrives as structuredClone gives it, its buffers moved and copied at most once.
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import type { Transferable } from 'node:worker_threads'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { afterAll, describe, expect, test } from 'vitest'
import { PayloadError } from '../../../src/contract/errors.ts'
import { toMessage } from '../../../src/isolates/wire/message-values.ts'
import { copyArguments } from '../../../src/support/payload-copy.ts'
import { isSameGraph } from './same-graph.ts'

const { port1, port2 } = new MessageChannel()
afterAll(() => port1.close())

/** Through a port and out again. */
function posted(value: unknown, transfer: readonly Transferable[]): unknown {
  port1.postMessage(value, transfer)
  return (receiveMessageOnPort(port2) as { message: unknown }).message
}

describe('a value that is ours', () => {
  test('is posted as it is, with all of its buffers, each once', () => {
    const buffer = new ArrayBuffer(8)
    const value = {
      list: [new Uint8Array(buffer, 0, 2), new DataView(buffer)],
      map: new Map([[new Uint8Array(1), new Float64Array(1)]]),
      set: new Set([new Int8Array(3)]),
      error: new Error('m', { cause: { bytes: new Uint8Array(5) } }),
    }
    const message = toMessage(value, true)
    expect(message.value).toBe(value)
    expect(message.transfer.map((each) => each.byteLength)).toEqual([8, 1, 8, 3, 5])
    const arrived = posted(message.value, message.transfer) as typeof value
    expect(buffer.byteLength).toBe(0)
    expect(arrived.list[0]?.buffer).toBe(arrived.list[1]?.buffer)
  })

  test('arguments that were copied at submission arrive equal', () => {
    const args = copyArguments([{ text: Buffer.from('abc'), at: new Date(0) }, [new Uint8Array([1, 2])]], 'task')
    const expected = structuredClone(args)
    const message = toMessage(args, true)
    expect(isSameGraph(posted(message.value, message.transfer), expected)).toBe(true)
  })

  test('shared memory is not transferred', () => {
    const shared = new SharedArrayBuffer(4)
    const message = toMessage([shared, new Int32Array(shared)], true)
    expect(message.transfer).toEqual([])
    const [buffer, list] = posted(message.value, message.transfer) as [SharedArrayBuffer, Int32Array]
    new Int32Array(shared)[0] = 7
    expect([new Int32Array(buffer)[0], list[0]]).toEqual([7, 7])
  })

  test('a circle ends', () => {
    const circle: unknown[] = [new Uint8Array(1)]
    circle.push(circle, new Map([[circle, circle]]))
    expect(toMessage(circle, true).transfer).toHaveLength(1)
  })

  test('a buffer that was moved before is refused with its path', () => {
    const bytes = new Uint8Array(4)
    posted(bytes, [bytes.buffer])
    const error = thrownBy(() => toMessage([{ bytes }], true, "task 'mail': args"))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toContain("task 'mail': args[0].bytes: a Uint8Array")
  })
})

describe('a value of somebody else', () => {
  test('keeps its buffers; those of the copy move', () => {
    const buffer = new Uint8Array([1, 2, 3, 4]).buffer
    const value = { left: new Uint8Array(buffer, 0, 2), right: new Uint8Array(buffer, 2), own: new Float64Array([1.5]) }
    const message = toMessage(value, false)
    const arrived = posted(message.value, message.transfer) as typeof value
    expect(message.transfer.map((each) => each.byteLength)).toEqual([0, 0])
    expect(message.transfer).not.toContain(buffer)
    expect([...value.left, ...value.right]).toEqual([1, 2, 3, 4])
    expect(arrived).toEqual(value)
    expect(arrived.left.buffer).toBe(arrived.right.buffer)
  })

  test('the pool of small Buffers stays attached and behind', () => {
    const pooled = Buffer.from('abc')
    const message = toMessage({ pooled }, false)
    expect(message.transfer.map((each) => each.byteLength)).toEqual([3])
    expect(posted(message.value, message.transfer)).toEqual({ pooled: new Uint8Array([97, 98, 99]) })
    expect(pooled.toString()).toBe('abc')
  })

  test('instances arrive as plain objects, getters as fields', () => {
    class Money {
      readonly amount = 5
      get double(): number {
        return 2 * this.amount
      }
    }
    const message = toMessage(
      {
        money: new Money(),
        get now() {
          return 3
        },
      },
      false,
    )
    expect(posted(message.value, message.transfer)).toEqual({ money: { amount: 5 }, now: 3 })
  })

  test('primitives are themselves', () => {
    for (const value of [1, 'a', undefined, null, 2n]) expect(toMessage(value, false).value).toBe(value)
  })
})

const socket = new Socket()
const stream = Readable.from([])
afterAll(() => {
  socket.destroy()
  stream.destroy()
})

describe('what cannot travel is refused, with the path, whoever owns it', () => {
  test.each<[string, unknown, string]>([
    ['a function', { run: () => 1 }, '.run: a function'],
    ['a symbol', [Symbol('s')], '[0]: a symbol'],
    ['a promise', { a: [Promise.resolve()] }, '.a[0]: a Promise'],
    ['a weak map', { cache: new WeakMap() }, '.cache: a WeakMap'],
    ['a socket', { socket }, '.socket'],
    ['a stream', { stream }, '.stream'],
    ['a key of a map', new Map([[() => 1, 1]]), '.function: a function'],
  ])('%s', (_, value, where) => {
    const error = thrownBy(() => toMessage(value, false, "task 'mail': result"))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toContain(`task 'mail': result${where}`)
  })

  test('also in what should be a copy', () => {
    expect(thrownBy(() => toMessage([{ run: () => 1 }], true)).message).toContain('the payload[0].run: a function')
    expect(thrownBy(() => toMessage([Symbol('s')], true))).toBeInstanceOf(PayloadError)
  })

  test('a proxy or a getter that throws', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys(): never {
          throw new Error('no')
        },
      },
    )
    for (const owned of [true, false]) expect(thrownBy(() => toMessage([hostile], owned))).toBeInstanceOf(PayloadError)
  })

  test('ten thousand levels: posted or refused', () => {
    let deep: unknown = 'core'
    for (let level = 0; level < 10_000; level++) deep = [deep]
    for (const owned of [true, false]) {
      let thrown: unknown
      try {
        toMessage(deep, owned)
      } catch (error) {
        thrown = error
      }
      expect(thrown ?? new PayloadError('posted')).toBeInstanceOf(PayloadError)
    }
  })
})
