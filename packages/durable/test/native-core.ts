// Whether the native engine is here; tests that need it are skipped without it, and the reason is printed.
import { createNativeEngine } from '@catzilla/engine'

/** Why the native engine cannot be used; undefined when it can. */
export const nativeMissing: string | undefined = reasonAgainst()

if (nativeMissing !== undefined) process.stdout.write(`tests on the native engine are skipped: ${nativeMissing}\n`)

function reasonAgainst(): string | undefined {
  try {
    createNativeEngine()
    return undefined
  } catch (thrown) {
    return (thrown as Error).message
  }
}
