// What a case may expect of an error: its class by name and code, and a message that names the value and the remedy.
// Classes are told by name, since the engine under test may bring another copy of the package.
import assert from 'node:assert/strict'
import { errorTable } from '../contract/errors.ts'
import type { ErrorName } from '../contract/errors.ts'

/** Checks an error of the product; each of `parts` must stand in its message. */
export function expectError(thrown: unknown, name: ErrorName, ...parts: readonly (string | RegExp)[]): void {
  assert.ok(thrown instanceof Error, `expected ${name}, got ${String(thrown)}`)
  assert.equal(thrown.name, name, `expected ${name}, got ${thrown.name}: ${thrown.message}`)
  assert.equal((thrown as { code?: unknown }).code, errorTable[name].code)
  for (const part of parts) {
    const found = typeof part === 'string' ? thrown.message.includes(part) : part.test(thrown.message)
    assert.ok(found, `the message should say ${String(part)}, it says: ${thrown.message}`)
  }
}

/** Expects `call` to throw. */
export function expectThrow(call: () => unknown, name: ErrorName, ...parts: readonly (string | RegExp)[]): void {
  expectError(thrownBy(call, name), name, ...parts)
}

function thrownBy(call: () => unknown, name: ErrorName): unknown {
  try {
    call()
  } catch (thrown) {
    return thrown
  }
  return assert.fail(`expected ${name}, nothing was thrown`)
}

/** Expects `promise` to reject. */
export async function expectRejection(
  promise: Promise<unknown>,
  name: ErrorName,
  ...parts: readonly (string | RegExp)[]
): Promise<void> {
  expectError(await rejectionOf(promise), name, ...parts)
}

/** What `promise` rejects with; fails when it does not reject. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (thrown) {
    return thrown
  }
  return assert.fail(`expected a rejection, got the value ${String(value)}`)
}
