// One module on its way through the bundler: the bodies of its tasks are compiled, and marked in its text.
import { createHash } from 'node:crypto'
import MagicString from 'magic-string'
import { argumentTypesOf } from '../build/argument-types.ts'
import type { Candidate } from '../build/prebuild.ts'
import { neededBy } from '../build/text-of-body.ts'
import { adviseOn } from '../check/blockers.ts'
import { compileFunction } from '../compile-function.ts'
import type { ParsedModule } from '../module/imported-constants.ts'
import { declarationsOf } from '../module/module-constants.ts'
import type { ModuleDeclarations } from '../module/module-constants.ts'
import { moduleFunction } from '../module/module-functions.ts'
import type { ModuleFunction } from '../module/module-functions.ts'
import { isFunctionNode, textAt } from '../module/syntax-node.ts'
import { optionOf, taskSites } from '../module/task-sites.ts'
import type { TaskSite } from '../module/task-sites.ts'
import type { Changed } from './plugin-context.ts'

/** How marks begin in the text, wherever it goes. */
export const MARK = 'catzilla:'
/** What marks are made with, in a module of the plugin's own. */
export const MARK_MODULE = 'virtual:catzilla-prebuilt'
const MARK_FUNCTION = '__catzillaPrebuilt'

export interface MarkedModule {
  readonly changed: Changed | undefined
  readonly candidates: readonly Candidate[]
  /** Why the others stay JavaScript, a line each. */
  readonly others: readonly string[]
}

/** @param file the module as people call it */
export function markModule(
  { text, program, id }: ParsedModule,
  file: string,
  imported: Readonly<Record<string, unknown>>,
): MarkedModule {
  const declarations = declarationsOf(text, program, imported)
  const candidates: Candidate[] = []
  const others: string[] = []
  const marked = new MagicString(text)
  for (const site of taskSites(program)) {
    const fn = functionAt(site, text, declarations, imported)
    if (fn === undefined) continue
    const candidate = candidateOf(fn, file)
    if (typeof candidate === 'string') {
      others.push(candidate)
      continue
    }
    candidates.push(candidate)
    const captures = neededBy(fn.source, fn.captures)
    marked.appendLeft(site.body.start, `${MARK_FUNCTION}(`)
    marked.appendRight(site.body.end, `, ${JSON.stringify(candidate.key)}, () => ({ ${captures.join(', ')} }))`)
  }
  if (candidates.length === 0) return { changed: undefined, candidates, others }
  // at the end, where it moves nothing
  marked.append(`\nimport { prebuilt as ${MARK_FUNCTION} } from ${JSON.stringify(MARK_MODULE)}\n`)
  const map = marked.generateMap({ source: id, includeContent: true, hires: true })
  return { changed: { code: marked.toString(), map }, candidates, others }
}

function functionAt(
  { body, config, shadowed }: TaskSite,
  text: string,
  declarations: ModuleDeclarations,
  imported: Readonly<Record<string, unknown>>,
): ModuleFunction | undefined {
  const named = textAt(body, 'name') ?? ''
  const name = textAt(optionOf(config, 'name'), 'value') ?? (named === '' ? 'body' : named)
  if (isFunctionNode(body)) return moduleFunction(text, declarations, { name, node: body, config, shadowed })
  if (shadowed.has(named) || Object.hasOwn(imported, named)) return undefined
  const node = declarations.functions.get(named)
  if (node === undefined) return undefined
  // it stands in the module, whatever there is where the task is made
  return moduleFunction(text, declarations, { name, node, config, shadowed: new Set() })
}

/** Or why it stays JavaScript. */
function candidateOf(fn: ModuleFunction, file: string): Candidate | string {
  const { source, captures, name, line, column } = fn
  const where = `${name} (${file}:${line}) stays JavaScript`
  const told = argumentTypesOf(fn.types)
  const compilation = compileFunction(source, { types: fn.types, captures, name, file, line, column })
  const blockers = compilation.ok ? [] : compilation.blockers
  // an asynchronous function is told what it is: no type would help it
  if ('unknown' in told && !blockers.some(({ code }) => code === 'CZ1002')) {
    return `${where} until it runs: the type of argument ${told.at + 1}, ${told.unknown}, is not known here; annotate it, or give the task a signature`
  }
  if (!compilation.ok || 'unknown' in told) return `${where}: ${blockers.map(adviseOn).join('; ')}`
  const hash = createHash('sha256')
    .update(JSON.stringify([file, line, column, fn.types, source]))
    .update(compilation.program)
  const key = `${MARK}${hash.digest('hex').slice(0, 16)}`
  return { key, text: null, file, fn, types: told.types, compilation }
}
