// What is said of things that a function takes from outside and that do not travel.
import { isGlobalElsewhere, isGlobalName } from './global-names.ts'
import { VITE_DYNAMIC_IMPORT } from './free-variables.ts'
import type { OuterReference } from './free-variables.ts'

/** The names that Node gives to each CommonJS module. */
const moduleNames = new Set(['require', 'module', 'exports', '__filename', '__dirname'])

/** Functions that transpilers put into a text, which an isolate can be given as well, with their source. */
const harmlessHelpers: readonly (readonly [name: RegExp, source: string])[] = [
  [/^__name\d*$/, `(target, value) => Object.defineProperty(target, 'name', { value, configurable: true })`],
  [new RegExp(`^${VITE_DYNAMIC_IMPORT}$`), `(specifier) => import(specifier.replace(/^\\/@fs\\/+/, 'file:///'))`],
]

/** Names of the helpers and imports of esbuild, tsc, babel, swc, vite and istanbul, and what they stand for. */
const transpiled: readonly (readonly [name: RegExp, meaning: string])[] = [
  [/^__vi(te_ssr)?_import_\d+__$/, 'which stands for an import of its module'],
  [/^__vite_ssr_import_meta__$/, 'which stands for import.meta of its module'],
  [/^cov_\w+$/, 'a counter that coverage by istanbul put there: the v8 provider puts none'],
  [/^tslib_\d+$|^__(vite|vitest|vi|rolldown|webpack|turbopack)_\w+$/, 'which a bundler put there'],
  [
    /^_(async_?to_?generator|object_?(spread|without)|class_?(private|call|extract|apply|static)|define_?property|ts_|to_)\w*$/i,
    'which a transpiler put there: a newer target needs none',
  ],
  [
    /^__(async|await|awaiter|generator|asyncValues|asyncGenerator|asyncDelegator|yieldStar|forAwait|spread\w*|rest|objRest|assign|values|read|defProp|defNormalProp|private\w+|classPrivate\w+|public\w*|decorate\w*|metadata|param|esDecorate|runInitializers|using|callDispose|addDisposableResource|disposeResources|makeTemplateObject|template|pow|extends|importStar|importDefault|toESM|toCommonJS|require|export\w*|hasOwnProp|propIsEnum|getOwnProp\w*|superGet|superSet|super|earlyAccess)$/,
    'which a transpiler put there: a newer target needs none',
  ],
  [/^_?\w+_\d+(_default)?$/, 'perhaps an import that was renamed by a transpiler'],
]

/** What the function `name` may have of `references`: globals, and helpers that the isolate gets too. */
export function splitReferences(references: readonly OuterReference[]): {
  readonly blockers: readonly OuterReference[]
  /** Names of helpers, each with the source of what it is. */
  readonly helpers: ReadonlyMap<string, string>
} {
  const asked = new Set(references.filter(({ kind }) => kind === 'typeof').map(({ name }) => name))
  const helpers = new Map<string, string>()
  const blockers = references.filter(({ kind, name }) => {
    if (kind !== 'variable' && kind !== 'typeof') return true
    if (isGlobalName(name) || (asked.has(name) && isGlobalElsewhere(name))) return false
    const helper = harmlessHelpers.find(([pattern]) => pattern.test(name))
    if (helper !== undefined) helpers.set(name, helper[1])
    return helper === undefined
  })
  return { blockers, helpers }
}

/** Most of them that one message names. */
const MOST_NAMED = 5

/** `sharp (line 3); require (line 4), which belongs to its CommonJS module`; each name once, where it is met first. */
export function describeReferences(references: readonly OuterReference[], functionName: string): string {
  const first = new Map<string, OuterReference>()
  for (const reference of references) {
    const key = `${reference.kind === 'typeof' ? 'variable' : reference.kind} ${reference.name}`
    if (!first.has(key)) first.set(key, reference)
  }
  const all = [...first.values()].toSorted((a, b) => a.line - b.line)
  const words = all.slice(0, MOST_NAMED).map((reference) => describe(reference, functionName))
  return [...words, ...(all.length > MOST_NAMED ? [`${all.length - MOST_NAMED} more`] : [])].join('; ')
}

function describe({ kind, name, line }: OuterReference, functionName: string): string {
  const where = `(line ${line})`
  switch (kind) {
    case 'variable':
    case 'typeof': {
      const meaning = meaningOf(name, functionName)
      return `${name} ${where}${meaning === undefined ? '' : `, ${meaning}`}`
    }
    case 'this':
    case 'super':
      return `${kind} ${where}: a task has no object that it is called on`
    case 'private':
      return `#${name} ${where}, a private name of its class`
    case 'import':
      return `import('${name}') ${where}, which is relative to its module`
    case 'new.target':
    case 'import.meta':
      return `${kind} ${where}`
    default:
      return kind satisfies never
  }
}

function meaningOf(name: string, functionName: string): string | undefined {
  if (moduleNames.has(name)) return "which belongs to its CommonJS module; await import('node:…') travels"
  if (name === functionName) return `its own name: write it as function ${name}(…), which knows itself`
  return transpiled.find(([pattern]) => pattern.test(name))?.[1]
}
