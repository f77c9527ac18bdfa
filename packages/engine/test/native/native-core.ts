// Whether the native engine is here; tests that need it are skipped without it, and the reason is printed.
import { toError } from '../../src/contract/errors.ts'
import { loadCore } from '../../src/native/load-core.ts'

/** Why the native engine cannot be used; undefined when it can. */
export const nativeMissing: string | undefined = reasonAgainst()

if (nativeMissing !== undefined) process.stdout.write(`tests on the native engine are skipped: ${nativeMissing}\n`)

function reasonAgainst(): string | undefined {
  try {
    loadCore()
    return undefined
  } catch (thrown) {
    return toError(thrown).message
  }
}
