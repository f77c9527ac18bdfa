// Where the files lie that threads and child processes run.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EngineUnavailableError } from '../contract/errors.ts'

/** @throws EngineUnavailableError when the package runs from its sources and has not been built */
export function entryUrl(name: string): URL {
  const { url } = import.meta
  if (!url.endsWith('.ts')) return new URL(`./${name}.js`, url)
  const built = new URL(`../../dist/${name}.js`, url)
  if (existsSync(fileURLToPath(built))) return built
  throw new EngineUnavailableError(
    `the thread and process lanes run ${fileURLToPath(built)}, which is not there; build the package @catzilla/engine first`,
  )
}
