// What is known of the names that a module imports: constants of other modules, and functions that need nothing from theirs.
import { declarationsOf } from './module-constants.ts'
import type { SyntaxNode } from './syntax-node.ts'
import { childNodes, isFunctionNode, nodeAt, nodesAt, textAt } from './syntax-node.ts'

export interface ParsedModule {
  readonly id: string
  readonly text: string
  readonly program: SyntaxNode
}

/** The module that `specifier` means in the module `from`; undefined: not one of the application's own. */
export type LoadModule = (specifier: string, from: string) => Promise<ParsedModule | undefined>

type Exports = ReadonlyMap<string, { readonly value: unknown }>

/** @param wanted names that matter: modules of other imports are not looked at */
export async function importedConstants(
  module: ParsedModule,
  load: LoadModule,
  wanted: ReadonlySet<string>,
): Promise<Readonly<Record<string, unknown>>> {
  return constantsFor(module, load, wanted, new Map())
}

/** @param seen modules whose exports are known; those that are being looked at, in a circle, export nothing meanwhile */
async function constantsFor(
  module: ParsedModule,
  load: LoadModule,
  wanted: ReadonlySet<string>,
  seen: Map<string, Exports>,
): Promise<Readonly<Record<string, unknown>>> {
  const known: Record<string, unknown> = {}
  for (const { local, imported, source } of importsOf(module.program)) {
    const from = wanted.has(local) ? await load(source, module.id) : undefined
    const value = from === undefined ? undefined : (await exportsOf(from, load, seen)).get(imported)
    if (value !== undefined) known[local] = withoutCaptures(value.value)
  }
  return known
}

interface Import {
  readonly local: string
  readonly imported: string
  readonly source: string
}

function importsOf(program: SyntaxNode): Import[] {
  return nodesAt(program, 'body').flatMap((statement) => {
    const source = textAt(nodeAt(statement, 'source'), 'value')
    if (statement.type !== 'ImportDeclaration' || source === undefined || statement['importKind'] === 'type') return []
    return nodesAt(statement, 'specifiers').flatMap((each) => {
      const local = textAt(nodeAt(each, 'local'), 'name')
      const imported = textAt(nodeAt(each, 'imported'), 'name')
      return local === undefined || imported === undefined ? [] : [{ local, imported, source }]
    })
  })
}

async function exportsOf(module: ParsedModule, load: LoadModule, seen: Map<string, Exports>): Promise<Exports> {
  const before = seen.get(module.id)
  if (before !== undefined) return before
  const found = new Map<string, { readonly value: unknown }>()
  seen.set(module.id, found)
  const imported = await constantsFor(module, load, namesInConstants(module.program), seen)
  const { captures } = declarationsOf(module.text, module.program, imported)
  const note = (exported: string | undefined, local: string | undefined): void => {
    if (exported === undefined || local === undefined || !Object.hasOwn(captures, local)) return
    found.set(exported, { value: captures[local] })
  }
  for (const statement of nodesAt(module.program, 'body')) {
    if (statement.type !== 'ExportNamedDeclaration' || nodeAt(statement, 'source') !== undefined) continue
    const declared = nodeAt(statement, 'declaration')
    for (const each of [declared, ...nodesAt(declared, 'declarations')]) {
      const name = textAt(nodeAt(each, 'id'), 'name')
      note(name, name)
    }
    for (const each of nodesAt(statement, 'specifiers')) {
      note(textAt(nodeAt(each, 'exported'), 'name'), textAt(nodeAt(each, 'local'), 'name'))
    }
  }
  return found
}

/** Names that the values of a module's constants may depend on. */
function namesInConstants(program: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: SyntaxNode | undefined): void => {
    if (node === undefined || isFunctionNode(node)) return
    if (node.type === 'Identifier') names.add(textAt(node, 'name') ?? '')
    childNodes(node).forEach(visit)
  }
  for (const statement of nodesAt(program, 'body')) {
    const declared = nodeAt(statement, 'declaration') ?? statement
    if (declared['kind'] === 'const') nodesAt(declared, 'declarations').forEach((each) => visit(nodeAt(each, 'init')))
  }
  return names
}

/** What a function of another module takes from there cannot be looked at from here, when it runs. */
function withoutCaptures(value: unknown): unknown {
  const isFunction = typeof value === 'object' && value !== null && 'source' in value && 'captures' in value
  return isFunction ? { source: value.source, captures: {} } : value
}

/** Names that the functions of a module may mean: those of imports among them are worth looking at. */
export function namesInFunctions(program: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: SyntaxNode, inside: boolean): void => {
    if (inside && node.type === 'Identifier') names.add(textAt(node, 'name') ?? '')
    for (const child of childNodes(node)) visit(child, inside || isFunctionNode(node))
  }
  visit(program, false)
  for (const name of namesInConstants(program)) names.add(name)
  return names
}
