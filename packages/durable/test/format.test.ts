// What is stored comes back as it was; what was not written by this package is refused.
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { serialize } from 'node:v8'
import { Packr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { ENVELOPE_BYTES, Pages } from '../src/format/draft.ts'
import type { Draft } from '../src/format/draft.ts'
import { restoreError, storeError } from '../src/format/errors.ts'
import { keys, placeOf, sequenceOfId } from '../src/format/keys.ts'
import {
  beginTask,
  finishTask,
  packKind,
  readAttempts,
  readDeath,
  readEnd,
  readTask,
  writeAttempts,
  writeEnd,
} from '../src/format/records.ts'
import type { StoredEnd } from '../src/format/records.ts'
import { Seal, UnreadableError } from '../src/format/seal.ts'
import { packValue, unpackValue } from '../src/format/values.ts'

const plain = new Seal({ compressAboveBytes: Infinity, encryptionKeys: [] })
const oneKey = { id: 'one', key: randomBytes(32) }
/** Some bytes as a record. */
function close(seal: Seal, at: string, bytes: Uint8Array): Buffer {
  const draft = seal.begin()
  draft.bytes(bytes)
  return seal.close(at, draft)
}

const otherKey = { id: 'two', key: randomBytes(32) }

function ring(): unknown {
  const made: { self?: unknown } = {}
  made.self = made
  return made
}

describe('values', () => {
  const shared = { n: 1 }
  it.each([
    ['plain data', { to: 'a@b.c', tags: ['x', 'ü🎈'], n: 1.5, none: null, flag: true }],
    ['negative zero', [-0]],
    ['not a number', [Number.NaN, Infinity]],
    ['undefined', [undefined, { a: undefined }]],
    ['big integers', [12n ** 30n]],
    ['dates', [new Date(5)]],
    ['maps with objects as keys', [new Map([[{ o: 1 }, 2]])]],
    ['sets', [new Set(['a', 1])]],
    ['expressions', [/p/giu]],
    ['bytes', [new Uint8Array([1, 2]), new Float64Array([0.5]), new ArrayBuffer(3)]],
    ['a field called __proto__', JSON.parse('{"__proto__": {"admin": true}, "plain": 1}') as unknown],
    ['half a surrogate', ['\ud800']],
    ['a hole', [Array.from({ length: 2 })]],
    ['a field called toJSON', [{ toJSON: 'text' }]],
    ['deep data', Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], 'deep')],
  ])('%s come back', (_, value) => {
    expect(unpackValue(packValue(value))).toEqual(value)
  })

  const lengths = [0, 1, 15, 16, 31, 32, 63, 64, 255, 256, 65_535, 65_536]
  const numbers = [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 0.5, 1e300, 5e-324]
  it.each([
    ['numbers', [...numbers, ...numbers.filter((each) => each !== 0).map((each) => -each)]],
    ['negative numbers', [-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1]],
    ['texts of ASCII', lengths.map((length) => 'a'.repeat(length))],
    ['other texts', lengths.flatMap((length) => ['ü'.repeat(length), `${'a'.repeat(length)}🎈`])],
    ['lists', lengths.map((length) => Array.from({ length }, (__, index) => index))],
    ['objects', lengths.map((length) => Object.fromEntries(Array.from({ length }, (__, index) => [`n${index}`, 1])))],
  ])('%s of every length are MessagePack, which other programs read too', (_, list) => {
    const packr = new Packr({ useRecords: false })
    for (const value of list as unknown[]) {
      const packed = packValue(value)
      expect(packed[0]).toBe(1)
      // lists of so many are compared by the system: it is a hundred times as quick
      expect(isDeepStrictEqual(packr.unpack(packed.subarray(1)), value)).toBe(true)
      expect(isDeepStrictEqual(unpackValue(packed), value)).toBe(true)
    }
  })

  it('what turns out not to be plain leaves nothing of itself behind', () => {
    const value = ['a text', { inner: [1, 2, new Map([['deep', -0]])] }]
    expect(unpackValue(packValue(value))).toStrictEqual(value)
    expect(packValue(value)).toStrictEqual(Buffer.concat([Buffer.of(2), serialize(value)]))
  })

  it('negative zero stays negative, a hole a hole', () => {
    expect(Object.is((unpackValue(packValue([-0])) as number[])[0], -0)).toBe(true)
    const holed = [1]
    holed[3] = 4
    expect(1 in (unpackValue(packValue(holed)) as number[])).toBe(false)
  })

  it('cycles stay cycles, shared parts stay shared', () => {
    const back = unpackValue(packValue([ring(), shared, shared])) as [{ self: unknown }, object, object]
    expect(back[0].self).toBe(back[0])
    expect(back[1]).toBe(back[2])
  })

  it('an object of a class comes back with its fields', () => {
    class Account {
      owner = 'Ada'
    }
    const back = unpackValue(packValue([new Account()])) as object[]
    expect(Object.getPrototypeOf(back[0])).toBe(Object.prototype)
    expect(back).toEqual([{ owner: 'Ada' }])
  })

  it('a function has no bytes, and bytes of another kind are no value', () => {
    expect(() => packValue([() => 1])).toThrow(/could not be cloned/)
    expect(() => unpackValue(Uint8Array.of(9, 1))).toThrow(/kind 9/)
  })
})

describe('a record that grows', () => {
  it('keeps every byte, wherever it has to move to another page', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
    const draft = plain.begin()
    for (const each of bytes) draft.byte(each)
    expect(plain.open('k', plain.close('k', draft)).equals(bytes)).toBe(true)
  })
})

describe('the envelope', () => {
  const key = 't:2:0000000000a'
  const value = Buffer.from('a value '.repeat(100))

  it('opens what it has closed', () => {
    expect(plain.open(key, close(plain, key, value))).toEqual(value)
  })

  it('compresses from the size on that it is told', () => {
    const small = new Seal({ compressAboveBytes: 100, encryptionKeys: [] })
    const sealed = close(small, key, value)
    expect(sealed.length).toBeLessThan(value.length / 4)
    expect(small.open(key, sealed)).toEqual(value)
    expect(plain.open(key, sealed)).toEqual(value)
    const noise = randomBytes(200)
    expect(small.open(key, close(small, key, noise))).toEqual(noise)
  })

  it('encrypts with the first key and opens with each of them', () => {
    const before = new Seal({ compressAboveBytes: 100, encryptionKeys: [oneKey] })
    const rotated = new Seal({ compressAboveBytes: 100, encryptionKeys: [otherKey, oneKey] })
    const sealed = close(before, key, value)
    expect(sealed.includes('a value')).toBe(false)
    expect(rotated.open(key, sealed)).toEqual(value)
    expect(() => before.open(key, close(rotated, key, value))).toThrow(/key "two", which encryptionKeys does not have/)
    expect(rotated.open(key, close(plain, key, value))).toEqual(value)
  })

  it('does not open an encrypted value under another key of the store, or with another secret', () => {
    const seal = new Seal({ compressAboveBytes: Infinity, encryptionKeys: [oneKey] })
    const sealed = close(seal, key, value)
    expect(() => seal.open('t:2:0000000000b', sealed)).toThrow(UnreadableError)
    const wrong = new Seal({ compressAboveBytes: Infinity, encryptionKeys: [{ id: 'one', key: randomBytes(32) }] })
    expect(() => wrong.open(key, sealed)).toThrow(/does not open it/)
  })

  it('notices every changed byte and every cut', () => {
    const sealed = close(plain, key, Buffer.from('value'))
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 0x41
      expect(() => plain.open(key, changed), `byte ${at}`).toThrow(UnreadableError)
      expect(() => plain.open(key, sealed.subarray(0, at)), `cut at ${at}`).toThrow(UnreadableError)
    }
  })
})

describe('records', () => {
  const key = keys.task('t', { priority: 2, sequence: 77 })
  const task = {
    taskId: 'ab-25-0',
    name: 'mail',
    createdAt: 5.5,
    dueAt: null,
    retryOf: null,
    options: { maxRetries: 9 },
    form: 'plain' as const,
  }

  const pages = new Pages()
  /** The finished record of the task, without its envelope. */
  const recordOf = (draft: Draft): Buffer => {
    finishTask(draft, { prefix: 'ab', sequence: 77, slot: 0 }, task, packKind(task))
    return draft.page.subarray(draft.start + ENVELOPE_BYTES, draft.end)
  }
  const readers = [
    (seal: Seal, at: string, bytes: Buffer): unknown => readTask(seal.open(at, bytes), 2),
    readEnd,
    readAttempts,
    readDeath,
  ]

  it('a task comes back', () => {
    const args = ['a@b.c', new Map([['k', 1]])]
    expect(readTask(recordOf(beginTask(pages, args)), 2)).toEqual({ ...task, priority: 2, args })
  })

  it.each([0, 35, 36, 1295, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'its id is put together of the number %i',
    (sequence) => {
      const draft = beginTask(pages, [])
      finishTask(draft, { prefix: 'ab', sequence, slot: 46_655 }, task, packKind(task))
      const { taskId } = readTask(draft.page.subarray(draft.start + ENVELOPE_BYTES, draft.end), 2)
      expect(taskId).toBe(`ab-${sequence.toString(36)}-zzz`)
      expect(draft.sequence).toBe(sequence)
    },
  )

  it('plain arguments are copied as they are written, others by nobody', () => {
    const inner = { tags: ['x', { deep: null }], none: undefined }
    const args = ['a', 1.5, inner]
    const { args: copied } = beginTask(pages, args)
    expect(copied).toStrictEqual(args)
    inner.tags[0] = 'changed'
    expect(copied).toStrictEqual(['a', 1.5, { tags: ['x', { deep: null }], none: undefined }])
    const shared = { n: 1 }
    class Row extends Array {}
    const strange = [[new Date()], [shared, shared], [Array(2)], [-0], [new Row()], [{ n: new Map() }]]
    for (const each of strange) expect(beginTask(pages, each).args).toBeUndefined()
  })

  it('a list that a getter makes shorter on the way is not taken for plain data', () => {
    const list: unknown[] = []
    list.push({
      get n() {
        list.length = 1
        return 1
      },
    })
    list.push(2, 3)
    const draft = beginTask(pages, [list])
    expect(draft.args).toBeUndefined()
    expect(readTask(recordOf(draft), 2).args).toEqual([[{ n: 1 }]])
  })

  it.each([
    ['another record', packValue([1, 2, 3])],
    ['no record', packValue('text')],
    ['bytes', randomBytes(40)],
    ['nothing', Buffer.alloc(0)],
  ])('%s in its place is unreadable, and no crash', (_, bytes) => {
    const sealed = close(plain, key, bytes)
    for (const read of readers) {
      const found = ((): unknown => {
        try {
          return read(plain, key, sealed)
        } catch (error) {
          return error
        }
      })()
      // three numbers are what attempts look like
      if (read === readAttempts && bytes.equals(packValue([1, 2, 3]))) continue
      expect(found).toBeInstanceOf(UnreadableError)
    }
  })

  it('random bytes never do more than be unreadable', () => {
    const strange: unknown[] = []
    for (let round = 0; round < 2000; round++) {
      const bytes = close(plain, key, randomBytes(round % 60))
      for (const read of readers) {
        try {
          read(plain, key, bytes)
        } catch (error) {
          if (!(error instanceof UnreadableError)) strange.push(error)
        }
      }
    }
    expect(strange).toEqual([])
  })

  it.each(['a result', undefined, new Map([[{ o: 1 }, -0]])])('an end comes back with %s', (value) => {
    const whose = { taskId: 'ab-25-0', name: 'mail', priority: 2, lane: 'inline', engine: 'typescript' } as const
    const times = { createdAt: 1.5, startedAt: 2.5, completedAt: 4, waitTimeMs: 1, executionTimeMs: 1.5 } as const
    const more = { memoryUsageMb: null, retries: 1, workerId: null, progress: { ratio: 0.5 } } as const
    const end: StoredEnd = {
      stats: { ...whose, ...times, ...more, status: 'completed' },
      outcome: { status: 'completed', value },
      logs: [{ at: 3, message: 'half \ud800', fields: { n: 1 } }],
      lastHeartbeatAt: 3.5,
      recovered: true,
      keepResultMs: 1000,
    }
    expect(readEnd(plain, key, writeEnd(plain, key, end))).toEqual(end)
  })

  it('records that are begun one within the other do not touch', () => {
    const long = 'x'.repeat(700)
    const outer = beginTask(pages, ['outer', long])
    const inner = beginTask(pages, ['inner'])
    const innerRecord = recordOf(inner)
    const outerRecord = recordOf(outer)
    const last = recordOf(beginTask(pages, ['last', 'y'.repeat(200_000)]))
    expect(readTask(outerRecord, 2).args).toEqual(['outer', long])
    expect(readTask(innerRecord, 2).args).toEqual(['inner'])
    expect((readTask(last, 2).args[1] as string).length).toBe(200_000)
  })

  it('attempts come back', () => {
    const counted = { attempts: 2, recoveries: 1, dueAt: 7 }
    expect(readAttempts(plain, key, writeAttempts(plain, key, counted))).toEqual(counted)
  })

  it('errors keep name, message, stack, code, cause and own fields', () => {
    const error = Object.assign(new RangeError('too far', { cause: new TypeError('wind', { cause: 5 }) }), {
      code: 'E_FAR',
      by: { metres: 3 },
      skipped: () => 1,
    })
    const back = restoreError(unpackValue(packValue(storeError(error)))) as typeof error & { cause: Error }
    expect([back.name, back.message, back.code, back.by]).toEqual(['RangeError', 'too far', 'E_FAR', { metres: 3 }])
    expect(back.stack).toBe(error.stack)
    expect([back.cause.name, back.cause.message, back.cause.cause]).toEqual(['TypeError', 'wind', 5])
    expect('skipped' in back).toBe(false)
    expect(restoreError('nonsense').message).toMatch(/could not be read/)
  })
})

describe('keys', () => {
  it('stand in the order of the walk: classes, then numbers', () => {
    const places = [
      [0, 9],
      [0, 10],
      [0, 36 ** 6],
      [1, 1],
      [3, 0],
    ] as const
    const made = places.map(([priority, sequence]) => keys.task('t', { priority, sequence }))
    expect(made.toSorted()).toEqual(made)
    expect(made.map((key) => placeOf(key))).toEqual(places.map(([priority, sequence]) => ({ priority, sequence })))
    expect(placeOf('m')).toBeUndefined()
    expect(placeOf('t:9:00000000001')).toBeUndefined()
  })

  it('ids of another store name no number', () => {
    expect(sequenceOfId('ab12-z-0', 'ab12')).toBe(35)
    expect(sequenceOfId('ab12-z-0', 'ab13')).toBeUndefined()
    expect(sequenceOfId('anything', 'ab12')).toBeUndefined()
    const none = ['ab12', 'ab12-', 'ab12-z', 'ab12--0', 'ab12-Z-0', 'ab12-1.5-0', 'ab12-zzzzzzzzzzzzzz-0']
    expect(none.filter((id) => sequenceOfId(id, 'ab12') !== undefined)).toEqual([])
  })
})
