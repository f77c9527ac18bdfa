// The set-up of tests that need a browser: brings one along where this machine has none, and names it to the tests.
import { findChromium } from './chromium.mjs'
import { unpacked } from './unpacked.mjs'

/** What Vitest calls, with a project of its own as the argument. */
export function setup() {
  bringChromium(process.env)
}

/** Changes the environment, which the processes of the tests get. */
export function bringChromium(env, bring = () => unpacked('chromium')) {
  if (findChromium(env) !== undefined) return
  const brought = bring()
  if (brought.skip !== undefined) {
    process.stdout.write(`${brought.skip}\n`)
    return
  }
  env.CATZILLA_CHROMIUM = brought.path
  env.CATZILLA_CHROMIUM_ENV = JSON.stringify(brought.env)
}
