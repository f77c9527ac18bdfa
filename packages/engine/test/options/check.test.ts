// Checking options against a table: what is refused, in which words, and what cannot be smuggled in.
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../src/contract/errors.ts'
import { checkOptions, is, nearest } from '../../src/options/check.ts'
import type { OptionTable } from '../../src/options/check.ts'

const table: OptionTable = {
  colour: { byDefault: "'red'", accepts: 'a text', about: 'Colour.', check: is.text },
  weightKg: { byDefault: '1', accepts: 'a number ≥ 0', about: 'Weight.', check: is.number(0) },
}

function refusal(given: unknown): string {
  const error = thrownBy(() => checkOptions(table, given, 'the box'))
  expect(error).toBeInstanceOf(ConfigurationError)
  return error.message
}

describe('checkOptions', () => {
  test.each([[undefined], [{}], [{ colour: 'blue' }], [{ colour: undefined, weightKg: 0 }], [Object.create(null)]])(
    'accepts %o',
    (given) => expect(() => checkOptions(table, given, 'the box')).not.toThrow(),
  )

  test.each([[null], [5], ['colour'], [[]], [() => {}], [true], [Symbol('s')], [1n]])('%o is no object', (given) => {
    expect(refusal(given)).toMatch(/^the box must be an object of options, got /)
  })

  test('a wrong value: the message names place, option, what it accepts and what it got', () => {
    expect(refusal({ weightKg: -5 })).toBe('the box: weightKg accepts a number ≥ 0, got -5')
    expect(refusal({ colour: 'red', weightKg: 'heavy' })).toBe('the box: weightKg accepts a number ≥ 0, got "heavy"')
  })

  test('null is a value, not an absent option', () => {
    expect(refusal({ colour: null })).toBe('the box: colour accepts a text, got null')
  })

  test.each([
    ['color', 'colour'],
    ['Colour', 'colour'],
    ['coluor', 'colour'],
    ['weightkg', 'weightKg'],
    ['weight', 'weightKg'],
  ])('%s: did you mean %s?', (typed, meant) => {
    expect(refusal({ [typed]: 1 })).toBe(`the box: there is no option "${typed}"; did you mean ${meant}?`)
  })

  test('far from everything: all that is known is listed', () => {
    expect(refusal({ velocity: 1 })).toBe('the box: there is no option "velocity"; known are colour, weightKg')
  })

  test('an unknown option is refused even when it is undefined', () => {
    expect(refusal({ velocity: undefined })).toContain('"velocity"')
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    '%s is no option, and touches no prototype',
    (name) => {
      const given: unknown = JSON.parse(`{ ${JSON.stringify(name)}: { "polluted": true } }`)
      expect(refusal(given)).toContain(`there is no option "${name}"`)
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    },
  )
})

describe('is', () => {
  const strange = [
    null,
    undefined,
    Number.NaN,
    '1',
    '',
    true,
    false,
    1n,
    [],
    {},
    () => {},
    Symbol('s'),
    new Date(Number.NaN),
  ]

  test.each<[string, (value: unknown) => boolean, unknown[], unknown[]]>([
    ['integer(1, 5)', is.integer(1, 5), [1, 5, 3.0], [0, 6, 1.5, -1, Infinity]],
    ['integer(0)', is.integer(0), [0, 2 ** 53 - 1], [-1, 2 ** 53, 0.1, Infinity, -Infinity]],
    ['number(0, 1)', is.number(0, 1), [0, 1, 0.5, Number.MIN_VALUE], [-0.1, 1.1, Infinity, -Infinity]],
    ['number(0)', is.number(0), [0, 1e300], [-Number.MIN_VALUE, Infinity]],
    ['positive', is.positive, [Number.MIN_VALUE, 5], [0, -0, -1, Infinity]],
  ])('%s', (_, check, good, bad) => {
    expect(good.filter((value) => !check(value))).toEqual([])
    expect([...bad, ...strange].filter(check)).toEqual([])
  })

  test('oneOf compares without conversion', () => {
    const check = is.oneOf(0, 'low', false)
    expect([0, 'low', false].every(check)).toBe(true)
    expect(['0', 'LOW', 'lo', null, undefined, '', [], ['low'], 1].filter(check)).toEqual([])
  })

  test('text has 1 to 500 characters', () => {
    expect(['a', 'x'.repeat(500)].every(is.text)).toBe(true)
    expect(['', 'x'.repeat(501), null, 5, ['a'], Object('boxed')].filter(is.text)).toEqual([])
  })

  test('object takes neither null nor arrays nor functions; boolean and function take only their own', () => {
    expect([{}, new Map(), Object.create(null)].every(is.object)).toBe(true)
    expect([null, [], () => {}, 'x'].filter(is.object)).toEqual([])
    expect([0, 1, 'true', null, undefined].filter(is.boolean)).toEqual([])
    expect([{}, 'f', null].filter(is.function)).toEqual([])
    expect([() => {}, Date].every(is.function)).toBe(true)
  })
})

describe('nearest', () => {
  test('finds the closest of several', () => {
    expect(nearest('minWorker', ['maxWorkers', 'minWorkers'])).toBe('minWorkers')
    expect(nearest('workers', ['worker', 'workers'])).toBe('workers')
  })

  test('one or two edits anywhere are found, and nothing is found among names of another length', () => {
    const word = fc.stringMatching(/^[a-z]{8,12}$/)
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('insert', 'delete', 'change'), (name, at, edit) => {
        const place = at % name.length
        const rest = name.slice(edit === 'insert' ? place : place + 1)
        const typed = `${name.slice(0, place)}${edit === 'delete' ? '' : '#'}${rest}`
        expect(nearest(typed, ['completelyDifferentName', name])).toBe(name)
        expect(nearest(`${typed}###`, [name])).toBeUndefined()
      }),
      seeded,
    )
  })
})
