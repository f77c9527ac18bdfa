// A Chromium of this machine; undefined where there is none.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The program, as `CATZILLA_CHROMIUM` names it, else the first on the PATH that starts. */
export function findChromium(): string | undefined {
  const named = process.env['CATZILLA_CHROMIUM']
  if (named !== undefined) return named
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path) && starts(path))
}

/** Some distributions leave a script there that only says how to install it. */
function starts(path: string): boolean {
  try {
    execFileSync(path, ['--version', '--no-sandbox'], { stdio: 'ignore', timeout: 60_000 })
    return true
  } catch {
    return false
  }
}
