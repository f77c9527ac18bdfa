// Where the files of the dashboard are, for whoever serves them.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the dashboard's files; undefined while this package has none. */
export function dashboardFolder(): string | undefined {
  const folder = fileURLToPath(new URL('../dashboard', import.meta.url))
  return existsSync(folder) ? folder : undefined
}
