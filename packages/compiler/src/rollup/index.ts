// The door `@catzilla/compiler/rollup`: task bodies are compiled while an application is built, so that where it runs there is
// nothing left to compile. The same plugin serves rollup, rolldown and vite.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import MagicString from 'magic-string'
import type { Candidate } from '../build/prebuild.ts'
import { prebuild } from '../build/prebuild.ts'
import type { Targets } from '../build/targets.ts'
import { importedConstants, namesInFunctions } from '../module/imported-constants.ts'
import type { ParsedModule } from '../module/imported-constants.ts'
import { parseModule } from '../module/parse-module.ts'
import { taskSites } from '../module/task-sites.ts'
import type { ManifestBody } from '../prebuilt/manifest.ts'
import { MARK, MARK_MODULE, markModule } from './marked-module.ts'
import type { MarkInChunk } from './marks-in-chunk.ts'
import { asSyntaxNode, marksInChunk } from './marks-in-chunk.ts'
import type { CatzillaPlugin, Changed, OutputContext, OutputFile, PluginContext } from './plugin-context.ts'

export type { Targets } from '../build/targets.ts'
export type { CatzillaPlugin, Changed, OutputContext, OutputFile, PluginContext } from './plugin-context.ts'

export interface CatzillaPluginOptions {
  /** The folder of what is compiled, in that of the output; 'catzilla'. */
  readonly folder?: string
  /**
   * By target, such as 'linux-arm64', the command of a C compiler. The machine of the build by default, with CATZILLA_CC or the
   * first of cc, gcc and clang.
   */
  readonly targets?: Targets
  /** Modules whose tasks are looked at: those of the application, and none in node_modules, by default. */
  readonly include?: (id: string) => boolean
}

/** Stands in the text for the way from a file to the manifest, until it is known where the file will be. */
const PLACE = '__CATZILLA_MANIFEST__'
const moduleId = '\0catzilla-prebuilt.js'

/**
 * Compiles the bodies of tasks to C while the application is built. A body that cannot be compiled stays JavaScript, and the
 * build says why; nothing that fails here fails the build.
 * @example
 * // vite.config.ts, rollup.config.js
 * plugins: [catzilla()]
 */
export function catzilla(options: CatzillaPluginOptions = {}): CatzillaPlugin {
  const { folder = 'catzilla', include = isOwn } = options
  const known = new Map<string, Candidate>()
  return {
    name: 'catzilla',
    enforce: 'pre',
    apply: 'build',
    resolveId: (source) => (source === MARK_MODULE ? moduleId : undefined),
    load: (id) => (id === moduleId ? markModuleText() : undefined),
    transform: {
      order: 'pre',
      async handler(code, id) {
        if (!include(id) || !/\.(task|addTask)\b/.test(code)) return undefined
        return compileModule(this, code, id, known)
      },
    },
    renderChunk: (code, { fileName }) => placeManifest(code, fileName, folder),
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        await writePrebuilt(this, bundle, { folder, targets: options.targets, known })
      },
    },
  }
}

function isOwn(id: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(id) && !id.includes('\0') && !/[\\/]node_modules[\\/]/.test(id)
}

async function compileModule(
  context: PluginContext,
  code: string,
  id: string,
  known: Map<string, Candidate>,
): Promise<Changed | undefined> {
  const file = relative(process.cwd(), id).split(sep).join('/')
  try {
    const parsed = await parseModule(id, code)
    if (!parsed.isModule || taskSites(parsed.program).length === 0) return undefined
    const load = (specifier: string, from: string): ReturnType<typeof loadOwn> => loadOwn(context, specifier, from)
    const imported = await importedConstants(parsed, load, namesInFunctions(parsed.program))
    const { changed, candidates, others } = markModule(parsed, file, imported)
    for (const each of candidates) known.set(each.key ?? '', each)
    for (const line of others) context.info(line)
    return changed
  } catch (thrown) {
    context.warn(`no task of ${file} is compiled: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    return undefined
  }
}

async function loadOwn(context: PluginContext, specifier: string, from: string): Promise<ParsedModule | undefined> {
  const resolved = await context.resolve(specifier, from)
  if (resolved === null || resolved.external !== false || !isOwn(resolved.id)) return undefined
  const text = await readFile(resolved.id, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  context.addWatchFile(resolved.id)
  return parseModule(resolved.id, text)
}

/** It takes the part of this package that runs in applications along, so that they need not install it. */
function markModuleText(): string {
  const places = ['./prebuilt.js', '../../dist/prebuilt.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  const found = places.find((path) => existsSync(path))
  if (found === undefined)
    throw new Error(`there is no prebuilt.js beside @catzilla/compiler (looked at ${places.join(', ')})`)
  return `import { markPrebuilt } from ${JSON.stringify(found)}
export const prebuilt = (body, key, captures) => markPrebuilt(body, key, captures, import.meta.url, '${PLACE}')
`
}

function placeManifest(code: string, fileName: string, folder: string): Changed | undefined {
  const at = code.indexOf(PLACE)
  if (at < 0) return undefined
  const path = posix.relative(posix.dirname(fileName), `${folder}/manifest.json`)
  const changed = new MagicString(code)
  changed.overwrite(at, at + PLACE.length, path)
  return { code: changed.toString(), map: changed.generateMap({ hires: true }) }
}

async function writePrebuilt(
  context: OutputContext,
  bundle: Readonly<Record<string, OutputFile>>,
  { folder, targets, known }: { folder: string; targets: Targets | undefined; known: ReadonlyMap<string, Candidate> },
): Promise<void> {
  const marks = Object.values(bundle).flatMap(({ code }) =>
    code?.includes(MARK) === true ? marksInChunk(code, asSyntaxNode(context.parse(code))) : [],
  )
  const used = [...new Set(marks.map(({ key }) => key))].flatMap((key) => known.get(key) ?? [])
  if (used.length === 0) return
  const { manifest, c, libraries, problems } = await prebuild(used, { targets, env: process.env })
  for (const problem of problems) context.warn(problem)
  const bodies = manifest.bodies.flatMap((body) => asWritten(body, marks))
  for (const { name, file, line, text } of bodies) {
    if (text === null)
      context.warn(`${name} (${file}:${line}) is not found in the output: it stays JavaScript until it runs`)
  }
  const files: [name: string, source: string | Uint8Array][] = [
    ['manifest.json', `${JSON.stringify({ ...manifest, bodies }, null, 2)}\n`],
    ['bodies.c', c],
    ...libraries.map(({ file, bytes }): [string, Uint8Array] => [file, bytes]),
  ]
  for (const [name, source] of files) context.emitFile({ type: 'asset', fileName: `${folder}/${name}`, source })
  context.info(`${manifest.bodies.length} task bodies are compiled, for ${targetsOf(manifest.libraries)}`)
}

function targetsOf(libraries: readonly { readonly target: string }[]): string {
  return libraries.length === 0 ? 'the interpreter in C' : libraries.map(({ target }) => target).join(', ')
}

/** The body as it stands in the files that were written: once, or more often where it was put into several. */
function asWritten(body: ManifestBody, marks: readonly MarkInChunk[]): ManifestBody[] {
  return marks
    .filter(({ key }) => key === body.key)
    .map(({ text, functions }) => ({
      ...body,
      text,
      captures: Object.fromEntries(
        Object.entries(body.captures).map(([name, built]) => [
          name,
          built.startsWith('function') ? (functions[name] ?? built) : built,
        ]),
      ),
    }))
}
