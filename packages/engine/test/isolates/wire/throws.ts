// Bodies that throw, for the comparison of lanes.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { NonRetryableError, PayloadError, QueueFullError } from '../../../src/contract/errors.ts'

export class HttpError extends Error {
  readonly status: number
  override readonly name = 'HttpError'
  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

class FatalError extends NonRetryableError {
  readonly reason = 'broken'
}

class DeepRangeError extends RangeError {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'DeepRangeError' })
  }
}

function withFields<T extends Error>(error: T, fields: object): T {
  return Object.assign(error, fields)
}

function circular(): Error {
  const error = new Error('round and round')
  error.cause = new TypeError('inner', { cause: error })
  return error
}

function shared(): Error {
  const inner = new RangeError('one and the same')
  return withFields(new Error('outer', { cause: inner }), { again: inner, all: [inner, 'text', inner] })
}

function aborted(): unknown {
  const controller = new AbortController()
  controller.abort()
  return controller.signal.reason
}

function missingFile(): Error {
  return thrownBy(() => readFileSync('/no/such/file'))
}

function causes(levels: number): Error {
  let error = new Error('level 0')
  for (let level = 1; level < levels; level++) error = new Error(`level ${level}`, { cause: error })
  return error
}

/** What each throws. */
export const throws: readonly (readonly [string, () => unknown])[] = [
  ['an Error', () => new Error('no')],
  ['an Error without a message', () => new Error()],
  ['a TypeError', () => new TypeError('no')],
  ['a RangeError', () => new RangeError('no')],
  ['a SyntaxError', () => new SyntaxError('no')],
  ['a ReferenceError', () => new ReferenceError('no')],
  ['an EvalError', () => new EvalError('no')],
  ['a URIError', () => new URIError('no')],
  ['an AggregateError', () => new AggregateError([new Error('a'), new TypeError('b'), 'c', 4], 'all of them')],
  ['an empty AggregateError', () => new AggregateError([])],
  ['an AggregateError in another', () => new AggregateError([new AggregateError([new Error('a')])], 'm')],
  ['an abort', aborted],
  ['a DOMException', () => new DOMException('too much', 'QuotaExceededError')],
  ['an abort of a timer', () => delay(1, null, { signal: AbortSignal.abort() }).catch((error: unknown) => error)],
  ['a file that is not there', missingFile],
  ['a wrong argument of Node', () => thrownBy(() => Buffer.alloc('x' as never))],
  ['NonRetryableError', () => new NonRetryableError('enough')],
  ['QueueFullError with a cause', () => new QueueFullError('full', { cause: new Error('why') })],
  ['PayloadError', () => new PayloadError('bad', [{ path: [0, 'a'], message: 'm' }])],
  ['a class that names itself', () => new HttpError('teapot', 418)],
  ['a class that is named by its prototype', () => new DeepRangeError('far')],
  ['a class with a cause', () => new HttpError('bad gateway', 502, { cause: missingFile() })],
  ['a code', () => withFields(new Error('no'), { code: 'E_NO' })],
  ['a code that is a number', () => withFields(new Error('no'), { code: 42 })],
  [
    'a code of ours on an error of somebody else',
    () => withFields(new Error('no'), { code: 'ERR_CATZILLA_NON_RETRYABLE' }),
  ],
  ['fields', () => withFields(new Error('no'), { a: { b: [1, new Date(0)] }, m: new Map([[1, 2]]), u: undefined })],
  ['bytes', () => withFields(new Error('no'), { body: new Uint8Array([1, 2, 3]) })],
  ['fields called like others', () => withFields(new Error('no'), { toString: 'x', constructor: 'y', length: 1 })],
  [
    'a field called __proto__',
    () => Object.defineProperty(new Error('no'), '__proto__', { value: { admin: true }, enumerable: true }),
  ],
  ['an enumerable message', () => Object.defineProperty(new Error(), 'message', { value: 'shown', enumerable: true })],
  ['a name of its own', () => withFields(new Error('no'), { name: 'SpecialError' })],
  ['a changed stack', () => withFields(new Error('no'), { stack: 'there is none' })],
  ['a cause that is text', () => new Error('no', { cause: 'because' })],
  ['a cause that is an object', () => new Error('no', { cause: { status: 500, at: new Date(0) } })],
  ['a cause that is undefined', () => new Error('no', { cause: undefined })],
  ['causes, fifty deep', () => causes(50)],
  ['a circle of causes', circular],
  ['one error at three places', shared],
  ['an error of another realm', () => runInNewContext('new TypeError("elsewhere")')],
  ['text', () => 'just text'],
  ['undefined', () => undefined],
  ['null', () => null],
  ['a number', () => -0],
  ['a bigint', () => 5n],
  ['an object', () => ({ status: 500, nested: { a: 1 } })],
  ['an object that looks like an error', () => ({ name: 'Error', message: 'not really', stack: 'no' })],
  ['a list', () => [1, 2]],
  ['FatalError, of a class of ours', () => new FatalError('broken')],
]
