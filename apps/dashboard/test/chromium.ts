// A real Chromium of this machine, which tests share file by file. Without one they are skipped, and say so.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, LaunchOptions, Page } from 'playwright-core'
import { afterAll, describe, expect, onTestFinished } from 'vitest'

/** A tool of the repository, not a part of the app. */
interface Tool {
  readonly findChromium: () => string | undefined
  readonly launchOptions: (program: string) => LaunchOptions
  readonly noChromium: string
}

const tool = pathToFileURL(join(import.meta.dirname, '../../../tools/chromium.mjs')).href
const { findChromium, launchOptions, noChromium } = (await import(tool)) as Tool

const program = findChromium()

if (program === undefined) process.stdout.write(`browser tests of the dashboard are skipped: ${noChromium}\n`)

/** `describe` where there is a browser. */
export const describeInBrowser: typeof describe.skip = program === undefined ? describe.skip : describe

let launched: Promise<Browser> | undefined

afterAll(async () => (await launched)?.close())

/** A page of its own. The test fails for whatever the page complains of: errors, refused scripts or styles, lost files. */
export async function openPage(
  options: BrowserContextOptions = {},
  expected: RegExp = /^$/,
): Promise<{ page: Page; complaints: readonly string[] }> {
  launched ??= chromium.launch(launchOptions(program ?? ''))
  const context = await (await launched).newContext({ viewport: { width: 1360, height: 900 }, ...options })
  context.setDefaultTimeout(240_000)
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
