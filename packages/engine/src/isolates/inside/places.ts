// Where in a module something is, for the errors of bodies that do not get here: line numbers in words.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A line of a stack, or the first one of an error in linking modules: a file and a line in it. */
const PLACE = /(?:^|\(|\bat (?:async )?)((?:file:\/\/|\/|[a-z]:[\\/])[^\n()]*?):(\d+)(?::\d+)?\)?$/im

/** ` (line 3)` of the module, or ` (FILE:3)` of one that it imports; empty where the error does not say. */
export function placeOf({ stack = '', message }: Error, url: string): string {
  const [, file, line] = PLACE.exec(stack.replace(message, '')) ?? []
  if (file === undefined || line === undefined) return ''
  const isHere = withoutQuery(file) === withoutQuery(url) || file === fileURLToPath(url)
  return isHere ? ` (line ${line})` : ` (${file}:${line})`
}

/** The line in which a module declares a name at its top level; undefined where none is found by its text. */
export function lineOf(name: string, url: string): number | undefined {
  const words = name.replaceAll(/[^\w$]/g, String.raw`\$&`)
  const declaration = new RegExp(String.raw`^(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s*\b${words}(?![\w$])`)
  const index = linesOf(url).findIndex((line) => declaration.test(line))
  return index < 0 ? undefined : index + 1
}

function linesOf(url: string): string[] {
  try {
    return readFileSync(new URL(url), 'utf8').split('\n')
  } catch {
    // it was there when it was imported
    return []
  }
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '')
}
