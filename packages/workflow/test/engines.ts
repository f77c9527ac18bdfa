// The local engines, and which of them are here: tests of one that is not are skipped, and the reason is printed.
import { createTasks } from '@catzilla/api'
import { describe } from 'vitest'

/** Why the native engine cannot be used; undefined when it can. */
export const nativeMissing: string | undefined = reasonAgainst('native')

if (nativeMissing !== undefined) process.stdout.write(`tests on the native engine are skipped: ${nativeMissing}\n`)

/** The same tests on each local engine. */
export function describeOnEachEngine(tests: (engine: string) => void): void {
  for (const engine of ['typescript', 'native']) {
    describe.skipIf(engine === 'native' && nativeMissing !== undefined)(`on the ${engine} engine`, () => {
      tests(engine)
    })
  }
}

/** Tests that need C. */
export function describeOnNative(tests: () => void): void {
  describe.skipIf(nativeMissing !== undefined)('on the native engine', () => {
    tests()
  })
}

function reasonAgainst(engine: string): string | undefined {
  try {
    createTasks({ engine })
    return undefined
  } catch (thrown) {
    return (thrown as Error).message
  }
}
