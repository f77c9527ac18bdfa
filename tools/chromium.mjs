// The Chromium for tests that open what they test in a real browser: of this machine, or brought into .cache before they begin
// (`bring-chromium.mjs`). Where there is none, they skip and say why.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** What is said where there is none. */
export const noChromium = 'no Chromium found; install one (apt-get install chromium), or name it in CATZILLA_CHROMIUM'

/**
 * The program, as `CATZILLA_CHROMIUM` names it, else the first on the PATH that starts; undefined where there is none.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function findChromium(env = process.env) {
  if (env.CATZILLA_CHROMIUM) return env.CATZILLA_CHROMIUM
  const folders = (env.PATH ?? '').split(delimiter)
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path) && starts(path))
}

/**
 * What Playwright launches it with, also as root and where there is little shared memory. One that was brought along has its
 * libraries and fonts beside it.
 * @param {string} program
 */
export function launchOptions(program, { CATZILLA_CHROMIUM_ENV, ...env } = process.env) {
  const own = CATZILLA_CHROMIUM_ENV === undefined ? {} : JSON.parse(CATZILLA_CHROMIUM_ENV)
  return { executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage'], env: { ...env, ...own } }
}

/** Some distributions leave a script there that only says how to install it. */
function starts(path) {
  try {
    execFileSync(path, ['--version', '--no-sandbox'], { stdio: 'ignore', timeout: 60_000 })
    return true
  } catch {
    return false
  }
}
