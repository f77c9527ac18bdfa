// What the thread of the compiler runs.
import { parentPort } from 'node:worker_threads'
import { compileFunction } from '../compile-function.ts'
import { cLibrary } from '../emit/c.ts'
import { BODY_SYMBOL } from './messages.ts'
import type { Answer, Request, ThreadCompilation } from './messages.ts'

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
