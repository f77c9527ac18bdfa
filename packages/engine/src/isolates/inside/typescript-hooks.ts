// Loaded by path into the hooks thread of a Node without synchronous hooks: reads TypeScript with the user's transpiler.
import { loadTranspiler } from './transpilers.ts'
import type { Transpile, TranspilerLocation } from './transpilers.ts'
import { isNotFound, isTypeScriptUrl, loadTypeScript, otherSpecifiers } from './typescript-files.ts'

interface Context {
  readonly parentURL?: string | undefined
}

type Next = (specifier: string, context: Context) => Promise<unknown>

let transpile: Transpile | undefined

export async function initialize(found: readonly TranspilerLocation[]): Promise<void> {
  transpile = await loadTranspiler(found)
}

export async function resolve(specifier: string, context: Context, next: Next): Promise<unknown> {
  try {
    return await next(specifier, context)
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown
    for (const other of otherSpecifiers(specifier, context.parentURL)) {
      const found = await next(other, context).catch(() => undefined)
      if (found !== undefined) return found
    }
    throw thrown
  }
}

export async function load(url: string, context: Context, next: Next): Promise<unknown> {
  try {
    // somebody else, such as tsx, may know how
    return await next(url, context)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION' || !isTypeScriptUrl(url) || transpile === undefined) throw thrown
    return loadTypeScript(url, transpile)
  }
}
