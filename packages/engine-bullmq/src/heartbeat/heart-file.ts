// The file of the heart thread, which is built beside the doors of the package.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EngineUnavailableError } from '@catzilla/engine'

/** @throws EngineUnavailableError when it is not where it belongs */
export function heartFile(from: string = import.meta.url): string {
  // built files lie side by side; the sources lie beside the folder of what is built from them
  const places = [new URL('./heart-thread.js', from), new URL('../../dist/heart-thread.js', from)].map((url) =>
    fileURLToPath(url),
  )
  const found = places.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new EngineUnavailableError(
    `there is no heart-thread.js beside the bullmq engine (looked at ${places.join(', ')}); install @catzilla/engine-bullmq whole, leave it out of bundles, and build it when it runs from its sources`,
  )
}
