// The functions of modules as a table: compiled, or what blocks them.
import { describeBlocker } from '../check/blockers.ts'
import type { Blocker } from '../check/blockers.ts'
import type { Compilation } from '../compile-function.ts'
import { compileFunction } from '../compile-function.ts'
import type { ModuleFunction } from '../module/module-functions.ts'

export interface Explained {
  readonly file: string
  readonly fn: ModuleFunction
  readonly compilation: Compilation
}

export function explain(file: string, functions: readonly ModuleFunction[]): Explained[] {
  return functions.map((fn) => {
    const { source, types, captures, name, line, column } = fn
    return { file, fn, compilation: compileFunction(source, { types, captures, name, file, line, column }) }
  })
}

export function explainTable(rows: readonly Explained[]): string {
  const width = Math.max(0, ...rows.map(({ fn }) => fn.name.length))
  const lines = rows.flatMap(({ file, fn, compilation }) => {
    const head = `${fn.name.padEnd(width)}  ${file}:${fn.line}  `
    if (compilation.ok) return [`${head}compiled${compilation.loops ? ', with loops' : ''}`]
    return [`${head}stays JavaScript`, ...compilation.blockers.flatMap(adviceLines)]
  })
  const compiled = rows.filter(({ compilation }) => compilation.ok).length
  return `${[...lines, `${compiled} of ${rows.length} functions are compiled`].join('\n')}\n`
}

function adviceLines(blocker: Blocker): string[] {
  return [`  ${describeBlocker(blocker)}`, `    instead: ${blocker.remedy}`]
}
