// What is written to the console while something runs.
import type { ConsoleMethod } from '../src/effects.ts'

const methods: readonly ConsoleMethod[] = ['debug', 'error', 'info', 'log', 'warn']

/** Calls of the console, each as its method and arguments. */
export type Lines = (readonly unknown[])[]

/** Runs it with a console that keeps what is written. */
export function recording<T>(run: () => T): { readonly result: T; readonly lines: Lines } {
  const lines: Lines = []
  const kept = methods.map((method) => console[method])
  for (const method of methods) console[method] = (...args: readonly unknown[]) => void lines.push([method, ...args])
  try {
    return { result: run(), lines }
  } finally {
    methods.forEach((method, index) => {
      const own = kept[index]
      if (own !== undefined) console[method] = own
    })
  }
}
