// A claim that does not hold ends the demo with a message that says what was expected.
import { expect, it } from 'vitest'
import { CheckError, Checks } from '../src/checks.ts'

it('counts the claims that hold', () => {
  const checks = new Checks()
  checks.holds(true, 'one is one')
  checks.equal({ a: [1] }, { a: [1] }, 'both are the same')
  expect(checks.held).toBe(2)
})

it('names the claim that does not hold, and what was found', () => {
  const checks = new Checks()
  expect(() => checks.holds(false, 'pigs fly', 'none did')).toThrow(new CheckError('pigs fly', 'none did'))
  expect(() => checks.equal<unknown>({ a: 1 }, { a: 2 }, 'a is two')).toThrow(
    'this should be so, but is not: a is two\nexpected { a: 2 }\ngot { a: 1 }',
  )
  expect(checks.held).toBe(0)
})
