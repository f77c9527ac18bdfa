// What the thread of the compiler runs.
import { parentPort } from 'node:worker_threads'
import { compileFunction } from '../compile-function.ts'
import type { CompileOptions } from '../compile-function.ts'
import { cLibrary } from '../emit/c.ts'
import { BODY_SYMBOL } from './messages.ts'
import type { Answer, Request, ThreadCompilation } from './messages.ts'
import { unpackCaptures } from './travelling-captures.ts'

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
