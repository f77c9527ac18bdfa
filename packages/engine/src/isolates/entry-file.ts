// Where the files are that threads and processes are started with: they are built beside the doors of the package.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EngineUnavailableError } from '../contract/errors.ts'

/**
 * The path of a built entry.
 * @throws EngineUnavailableError when it is not where it belongs
 */
export function entryFile(name: 'thread-entry' | 'process-entry', from: string = import.meta.url): string {
  // built files lie side by side; the sources lie beside the folder of what is built from them
  const places = [new URL(`./${name}.js`, from), new URL(`../../dist/${name}.js`, from)].map((url) =>
    fileURLToPath(url),
  )
  const found = places.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new EngineUnavailableError(
    `there is no ${name}.js beside the engine (looked at ${places.join(', ')}); install @catzilla/engine whole, leave it out of bundles, and build it when it runs from its sources`,
  )
}
