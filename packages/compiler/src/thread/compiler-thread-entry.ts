// What the thread of the compiler runs.
import { getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { compileFunction } from '../compile-function.ts'
import { cLibrary } from '../emit/c.ts'
import { BODY_SYMBOL } from './messages.ts'
import type { Answer, Request, ThreadCompilation } from './messages.ts'

const NICE = 10

// Compiling is never done instead of anything else. On Linux 0 is the calling thread, elsewhere the process.
if (process.platform === 'linux') {
  try {
    setPriority(0, Math.min(19, getPriority(0) + NICE))
  } catch {
    // a sandbox may forbid it
  }
}

parentPort?.on('message', ({ id, source, options }: Request) => {
  const compilation = compileIn(source, options)
  parentPort?.postMessage({ id, compilation } satisfies Answer)
})

function compileIn(source: string, options: Request['options']): ThreadCompilation {
  const compilation = compileFunction(source, options)
  if (!compilation.ok) return compilation
  const { ok, program, signature, loops } = compilation
  return { ok, program, signature, loops, c: loops ? cLibrary([compilation.c(BODY_SYMBOL)]) : null }
}
