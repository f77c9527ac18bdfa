// Events reach their listeners in order, in a later microtask, whatever the listeners do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EngineEvents } from '../../src/contract/events.ts'
import { EventStream, callSafely } from '../../src/support/event-stream.ts'

type Queued = EngineEvents['queued']

function queued(taskId: string): Queued {
  return { type: 'queued', taskId, name: 'task', priority: 2, at: 0 }
}

const drained = { type: 'drained', at: 0 } as const

/** Resolves after everything that was deferred until now. */
const delivered = (stream: EventStream): Promise<void> => new Promise((resolve) => stream.defer(resolve))

let warnings: Error[] = []
let printers: ((warning: Error) => void)[] = []
/** Node emits warnings in a later tick. */
const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

beforeEach(() => {
  warnings = []
  // the warnings of this file are expected: Node shall not print them
  printers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => warnings.push(warning))
})

afterEach(() => {
  process.removeAllListeners('warning')
  for (const printer of printers) process.on('warning', printer)
})

describe('delivery', () => {
  test('is later than the emit, in a microtask, and in order', async () => {
    const stream = new EventStream()
    const seen: string[] = []
    stream.subscribe(['queued'], ({ taskId }) => seen.push(taskId))
    stream.emit(queued('a'))
    stream.defer(() => seen.push('deferred'))
    stream.emit(queued('b'))
    expect(seen).toEqual([])
    await Promise.resolve()
    expect(seen).toEqual(['a', 'deferred', 'b'])
  })

  test('who subscribes after the emit was not there when it happened', async () => {
    const stream = new EventStream()
    const seen: string[] = []
    stream.subscribe(['queued'], ({ taskId }) => {
      seen.push(`first ${taskId}`)
      stream.subscribe(['queued'], () => seen.push('too late'))
    })
    stream.emit(queued('a'))
    stream.subscribe(['queued'], () => seen.push('too late'))
    await delivered(stream)
    expect(seen).toEqual(['first a'])
  })

  test('what a listener emits comes after all that was owed before', async () => {
    const stream = new EventStream()
    const seen: string[] = []
    stream.subscribe(['queued'], ({ taskId }) => {
      seen.push(taskId)
      if (taskId === 'a') stream.emit(queued('from a'))
    })
    stream.emit(queued('a'))
    stream.emit(queued('b'))
    await delivered(stream)
    await delivered(stream)
    expect(seen).toEqual(['a', 'b', 'from a'])
  })

  test('goes to the listeners of the type alone, in the order of their subscription', async () => {
    const stream = new EventStream()
    const seen: string[] = []
    stream.subscribe(['drained'], () => seen.push('drained'))
    stream.subscribe(['queued'], () => seen.push('first'))
    stream.subscribe(['queued', 'drained'], ({ type }) => seen.push(`both: ${type}`))
    stream.emit(queued('a'))
    await delivered(stream)
    expect(seen).toEqual(['first', 'both: queued'])
    stream.emit(drained)
    await delivered(stream)
    expect(seen.slice(2)).toEqual(['drained', 'both: drained'])
  })

  test('the same function may subscribe twice, and each subscription ends by itself', async () => {
    const stream = new EventStream()
    let calls = 0
    const listener = (): void => void calls++
    const end = stream.subscribe(['queued'], listener)
    stream.subscribe(['queued'], listener)
    stream.emit(queued('a'))
    await delivered(stream)
    expect(calls).toBe(2)
    end()
    end()
    stream.emit(queued('b'))
    await delivered(stream)
    expect(calls).toBe(3)
  })
})

describe('wants', () => {
  test('is true exactly while somebody listens to the type', () => {
    const stream = new EventStream()
    expect(stream.wants('queued')).toBe(false)
    const endOne = stream.subscribe(['queued', 'drained'], () => {})
    const endOther = stream.subscribe(['queued'], () => {})
    expect([stream.wants('queued'), stream.wants('drained'), stream.wants('failed')]).toEqual([true, true, false])
    endOne()
    expect([stream.wants('queued'), stream.wants('drained')]).toEqual([true, false])
    endOther()
    expect(stream.wants('queued')).toBe(false)
  })
})

describe('unsubscribing', () => {
  test('inside a listener: the others still hear this event, and the one that left hears no more', async () => {
    const stream = new EventStream()
    const seen: string[] = []
    const end = stream.subscribe(['queued'], ({ taskId }) => {
      seen.push(`once ${taskId}`)
      end()
    })
    stream.subscribe(['queued'], ({ taskId }) => seen.push(`always ${taskId}`))
    stream.emit(queued('a'))
    stream.emit(queued('b'))
    await delivered(stream)
    expect(seen).toEqual(['once a', 'always a', 'always b'])
  })

  test('a listener that was ended gets nothing any more, not even what is owed', async () => {
    const stream = new EventStream()
    const seen: string[] = []
    const end = stream.subscribe(['queued'], ({ taskId }) => seen.push(taskId))
    stream.emit(queued('a'))
    end()
    await delivered(stream)
    expect(seen).toEqual([])
  })
})

describe('a listener that fails', () => {
  test('by throwing becomes a warning; the others and the next events are delivered', async () => {
    const stream = new EventStream()
    const seen: string[] = []
    stream.subscribe(['queued'], () => {
      throw new TypeError('broken listener')
    })
    stream.subscribe(['queued'], ({ taskId }) => seen.push(taskId))
    stream.emit(queued('a'))
    stream.emit(queued('b'))
    await delivered(stream)
    await nextTick()
    expect(seen).toEqual(['a', 'b'])
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toMatchObject({
      name: 'CatzillaWarning',
      code: 'CATZILLA_CALLBACK_THREW',
      message: "listener of 'queued' threw TypeError: broken listener",
    })
    expect(warnings[0]).toHaveProperty('detail', expect.stringContaining('event-stream.test.ts'))
  })

  test('by rejecting becomes a warning, and no unhandled rejection', async () => {
    const stream = new EventStream()
    const rejected = new Promise<Error>((resolve) => process.once('warning', resolve))
    const listener: () => unknown = async () => {
      await Promise.resolve()
      throw new Error('later')
    }
    stream.subscribe(['queued'], listener)
    stream.emit(queued('a'))
    expect((await rejected).message).toBe("listener of 'queued' threw Error: later")
  })
})

describe('callSafely', () => {
  const strange: [string, unknown][] = [
    ['a text', 'text'],
    ['undefined', undefined],
    ['an error with a throwing message', Object.defineProperty(new Error('m'), 'message', { get: refuse })],
    ['an error with a throwing name', Object.defineProperty(new Error('m'), 'name', { get: refuse })],
    ['an error whose stack is a symbol', Object.assign(new Error('m'), { stack: Symbol('s') })],
    ['an error whose message is an object', Object.assign(new Error('m'), { message: Object.create(null) as unknown })],
  ]

  function refuse(): never {
    throw new Error('hostile')
  }

  test.each(strange)('%s, thrown, becomes a warning and nothing else', async (_, thrown) => {
    callSafely(() => {
      throw thrown
    }, 'the callback')
    await nextTick()
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/^the callback threw /)])
  })

  test('a call that goes well warns of nothing', async () => {
    callSafely(() => 5, 'the callback')
    callSafely(async () => {}, 'the callback')
    await nextTick()
    expect(warnings).toEqual([])
  })
})
