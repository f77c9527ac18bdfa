// The local engines, and which of them are here: tests of one that is not are skipped, and the reason is printed.
import { describe } from 'vitest'

export interface LocalEngines {
  /** Why the native engine cannot be used; undefined when it can. */
  readonly nativeMissing: string | undefined
  /** The same tests on each local engine. */
  readonly describeOnEachEngine: (tests: (engine: string) => void) => void
  /** Tests that need C. */
  readonly describeOnNative: (tests: () => void) => void
}

/** @param makeNative makes a native engine, or throws why there is none */
export function localEngines(makeNative: () => unknown): LocalEngines {
  const nativeMissing = reasonAgainst(makeNative)
  if (nativeMissing !== undefined) process.stdout.write(`tests on the native engine are skipped: ${nativeMissing}\n`)

  function describeOnEachEngine(tests: (engine: string) => void): void {
    describe('on the typescript engine', () => {
      tests('typescript')
    })
    describeOnNative(() => tests('native'))
  }

  function describeOnNative(tests: () => void): void {
    describe.skipIf(nativeMissing !== undefined)('on the native engine', () => {
      tests()
    })
  }

  return { nativeMissing, describeOnEachEngine, describeOnNative }
}

function reasonAgainst(makeNative: () => unknown): string | undefined {
  try {
    makeNative()
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}
