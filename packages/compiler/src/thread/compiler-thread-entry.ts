// What the thread of the compiler runs.
import { getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { compileFunction } from '../compile-function.ts'
import type { CompileOptions } from '../compile-function.ts'
import { cLibrary } from '../emit/c.ts'
import { BODY_SYMBOL } from './messages.ts'
import type { Answer, Request, ThreadCompilation } from './messages.ts'
import { unpackCaptures } from './travelling-captures.ts'

const NICE = 10

// Compiling is never done instead of anything else. On Linux 0 is the calling thread, elsewhere the process.
if (process.platform === 'linux') {
  try {
    setPriority(0, Math.min(19, getPriority(0) + NICE))
  } catch {
    // a sandbox may forbid it
  }
}

parentPort?.on('message', ({ id, source, options, captures }: Request) => {
  const compilation = compileIn(source, { ...options, captures: unpackCaptures(captures) })
  parentPort?.postMessage({ id, compilation } satisfies Answer)
})

function compileIn(source: string, options: CompileOptions): ThreadCompilation {
  const compilation = compileFunction(source, options)
  if (!compilation.ok) return compilation
  const { ok, program, signature, loops, columns } = compilation
  // without loops of its own it is worth its C where it runs over columns
  const c = loops || columns ? cLibrary([compilation.c(BODY_SYMBOL)]) : null
  return { ok, program, signature, loops, columns, c }
}
