// A real Chromium of this machine, which tests share file by file. Without one they are skipped, and say so.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, describe, expect, onTestFinished } from 'vitest'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const program = findProgram()

if (program === undefined) {
  process.stdout.write(
    `browser tests of the dashboard are skipped: no Chromium found; install one (apt-get install chromium), or name it in CATZILLA_CHROMIUM\n`,
  )
}

/** `describe` where there is a browser. */
export const describeInBrowser: typeof describe.skip = program === undefined ? describe.skip : describe

let launched: Promise<Browser> | undefined

afterAll(async () => (await launched)?.close())

/** A page of its own. The test fails for whatever the page complains of: errors, refused scripts or styles, lost files. */
export async function openPage(
  options: BrowserContextOptions = {},
  expected: RegExp = /^$/,
): Promise<{ page: Page; complaints: readonly string[] }> {
  launched ??= chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  const context = await (await launched).newContext({ viewport: { width: 1360, height: 900 }, ...options })
  context.setDefaultTimeout(45_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  return { page, complaints }
}

function findProgram(): string | undefined {
  const named = process.env['CATZILLA_CHROMIUM']
  if (named !== undefined) return named
  const folders = (process.env['PATH'] ?? '').split(':')
  const found = folders.flatMap((folder) => names.map((name) => `${folder}/${name}`)).find((path) => existsSync(path))
  return found !== undefined && starts(found) ? found : undefined
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
