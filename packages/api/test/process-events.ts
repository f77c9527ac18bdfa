// What the process tells meanwhile: warnings, and rejections that nobody handles.
import { someTurns } from '@catzilla/test-kit/gate'
import { onTestFinished } from 'vitest'

/** The warnings of this product from now to the end of the test; the list grows. */
export function recordWarnings(): Error[] {
  const warnings: Error[] = []
  const listener = (warning: Error): void => {
    if (warning.name === 'CatzillaWarning') warnings.push(warning)
  }
  process.on('warning', listener)
  onTestFinished(() => void process.off('warning', listener))
  return warnings
}

/** The next warning of this product. */
export function nextWarning(): Promise<Error> {
  return new Promise((resolve) => {
    const listener = (warning: Error): void => {
      if (warning.name !== 'CatzillaWarning') return
      process.off('warning', listener)
      resolve(warning)
    }
    process.on('warning', listener)
  })
}

/** Rejections that nobody handles while `work` goes on and shortly after. */
export async function unhandledDuring(work: () => Promise<unknown>): Promise<unknown[]> {
  const unhandled: unknown[] = []
  const listener = (reason: unknown): void => void unhandled.push(reason)
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', listener)
  try {
    await work()
    await someTurns()
  } finally {
    process.off('unhandledRejection', listener)
    for (const other of others) process.on('unhandledRejection', other)
  }
  return unhandled
}
