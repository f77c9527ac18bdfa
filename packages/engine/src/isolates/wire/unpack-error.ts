// Errors from the other side of a boundary, made into errors of this side. What comes in is checked: it may be anything.
import { PayloadError, errorTable } from '../../contract/errors.ts'
import type { PayloadIssue } from '../../contract/errors.ts'
import { classOf, isOurs, standInFor } from './error-classes.ts'
import { MAX_CUT, MAX_ERRORS, MAX_FIELDS, cut } from './packed-error.ts'

type Fields = Readonly<Record<string, unknown>>

/** Never throws: what no `packError` packed gives an Error that says so. */
export function unpackError(packed: unknown): Error {
  try {
    const nodes = listOf(fieldsOf(packed)['errors'], MAX_ERRORS).map(fieldsOf)
    const errors = nodes.map(makeError)
    nodes.forEach((node, number) => addFields(errors[number] as Error, node, errors))
    const [first] = errors
    if (first !== undefined) return first
    throw new TypeError('there is no error in it')
  } catch (cause) {
    return new Error(
      'a task failed, and what arrived of its error is damaged: look for code in the task that posts messages of its own, or writes to shared memory',
      { cause },
    )
  }
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError(`an object was expected, got ${typeof value}`)
  return value as Fields
}

function listOf(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new TypeError(`a list of up to ${most} was expected`)
  return value
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`a text was expected, got ${typeof value}`)
  return value.length > MAX_CUT ? cut(value) : value
}

/** Without what refers to other errors: those may not be made yet. */
function makeError(node: Fields): Error {
  const base = textOf(node['base'])
  const message = textOf(node['message'])
  const name = textOf(node['name'])
  const error = construct(base, textOf(node['class']), message, name)
  if (error.name !== name) define(error, 'name', name, false)
  define(error, 'stack', node['stack'] === undefined ? `${name}: ${message}` : textOf(node['stack']), false)
  return error
}

function construct(base: string, className: string, message: string, name: string): Error {
  const baseClass = classOf(base)
  if (baseClass === undefined) throw new TypeError(`a class of errors was expected, got ${base}`)
  const made = className === base ? baseClass : standInFor(className, base, baseClass)
  if (base === 'DOMException') return Reflect.construct(DOMException, [message, name], made) as Error
  if (base === 'AggregateError') return Reflect.construct(AggregateError, [[], message], made) as Error
  // not by the constructors of ours: an error of theirs has its name by itself, and arguments that are not known here
  const error = Reflect.construct(isOurs(base) ? Error : baseClass, message === '' ? [] : [message], made) as Error
  if (isOurs(base)) define(error, 'code', errorTable[base].code, true)
  if (error instanceof PayloadError) define(error, 'issues', [], true)
  return error
}

function addFields(error: Error, node: Fields, errors: readonly Error[]): void {
  for (const field of listOf(node['fields'], MAX_FIELDS + 3)) {
    const [key, packed, enumerable] = listOf(field, 3)
    const name = textOf(key)
    const value = valueOf(packed, errors)
    if (name === 'issues' && error instanceof PayloadError && !isIssues(value)) continue
    define(error, name, value, enumerable === true)
  }
}

function valueOf(packed: unknown, errors: readonly Error[]): unknown {
  const fields = fieldsOf(packed)
  if ('list' in fields) return listOf(fields['list'], MAX_FIELDS).map((each) => elementOf(fieldsOf(each), errors))
  return elementOf(fields, errors)
}

function elementOf(fields: Fields, errors: readonly Error[]): unknown {
  if (!('error' in fields)) return fields['value']
  const error = errors[Number(fields['error'])]
  if (error === undefined) throw new TypeError(`there is no error ${String(fields['error'])}`)
  return error
}

function isIssues(value: unknown): value is PayloadIssue[] {
  return Array.isArray(value) && value.every(isIssue)
}

function isIssue(value: unknown): value is PayloadIssue {
  if (typeof value !== 'object' || value === null) return false
  const { path, message } = value as Partial<PayloadIssue>
  return Array.isArray(path) && typeof message === 'string'
}

/** As a field of its own, whatever the class has under that name. */
function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true })
}
