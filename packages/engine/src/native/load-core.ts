// The one place that loads @catzilla/core-c: late, since it may not be installed, and checked before it is used.
import { createRequire } from 'node:module'
import type { CoreLoad, NativeCore } from '@catzilla/core-c'
import { EngineUnavailableError, toError } from '../contract/errors.ts'
import { checkPortLayout } from './port-layout.ts'

const PACKAGE = '@catzilla/core-c'

/** Loads a package by its name; throws when it is not installed. */
export type LoadPackage = (packageName: string) => unknown

/** Why there is no native engine. */
export class CoreUnavailableError extends EngineUnavailableError {
  /** The package is there and was not switched off, but nothing of it loads. */
  readonly unexpected: boolean

  constructor(message: string, unexpected: boolean, options?: ErrorOptions) {
    super(message, options)
    this.unexpected = unexpected
  }
}

/**
 * The compiled engine.
 * @param notLoaded is told of binaries that were tried before and did not load, and of the source of the one that did
 * @throws EngineUnavailableError naming the package, what was tried, and the remedy
 */
export function loadCore(
  load: LoadPackage = createRequire(import.meta.url),
  notLoaded: (errors: readonly string[], source: string) => void = () => {},
): NativeCore {
  const { core, source, errors } = loadModule(load)()
  if (core === undefined) throw noCore(source, errors)
  checkPortLayout(core.portLayout, core.version)
  if (errors.length > 0) notLoaded(errors, source)
  return core
}

function loadModule(load: LoadPackage): () => CoreLoad {
  let loaded: unknown
  try {
    loaded = load(PACKAGE)
  } catch (thrown) {
    const { code, message } = toError(thrown) as NodeJS.ErrnoException
    // the same code stands for a module that the package itself misses
    const missing = code === 'MODULE_NOT_FOUND' && message.startsWith(`Cannot find module '${PACKAGE}'`)
    const why = missing ? 'is not installed' : `does not load: ${message}`
    throw new CoreUnavailableError(
      `the native engine needs ${PACKAGE}, which ${why}; run "npm install ${PACKAGE}", or use engine: 'auto'`,
      !missing,
      { cause: thrown },
    )
  }
  const module = loaded as { readonly loadCore?: () => CoreLoad } | null | undefined
  if (typeof module?.loadCore === 'function') return module.loadCore
  throw new CoreUnavailableError(
    `the native engine needs a ${PACKAGE} that exports loadCore; the installed one does not: update it`,
    true,
  )
}

function noCore(source: string, errors: readonly string[]): CoreUnavailableError {
  const switchedOff = errors.length === 0 && source.includes('CATZILLA_NATIVE is off')
  const remedy = switchedOff
    ? "unset CATZILLA_NATIVE, or use engine: 'typescript'"
    : `install ${PACKAGE} with its optional packages, or build it with "npx catzilla-core-c-build"; engine: 'auto' does without`
  return new CoreUnavailableError(`the native engine of ${PACKAGE} cannot be used: ${source}; ${remedy}`, !switchedOff)
}
