// The site is built, none of its links is dead, and it opens in a real browser: light, dark, on a phone, with its search.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, LaunchOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { root } from '../src/documents.ts'
import { doors } from '../src/packages.ts'
import { pageOf } from '../src/site/addresses.ts'
import { serveFolder } from './static-server.ts'

/** A tool of the repository, not a part of the app. */
interface Tool {
  readonly findChromium: () => string | undefined
  readonly launchOptions: (program: string) => LaunchOptions
  readonly noChromium: string
}

const tool = pathToFileURL(join(import.meta.dirname, '../../../tools/chromium.mjs')).href
const { findChromium, launchOptions, noChromium } = (await import(tool)) as Tool

const app = join(root, 'apps/docs')
const site = join(app, 'dist')
const program = findChromium()
if (program === undefined) process.stdout.write(`the site is not opened: ${noChromium}\n`)

/** The work of most of a minute, which takes ten times as long on a machine that has ten times more to do. */
const A_LONG_TIME_MS = 1_200_000

let printed = ''
beforeAll(async () => {
  const { NODE_OPTIONS: _, VITEST: __, NODE_ENV: ___, ...env } = process.env
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/build.ts'], {
    cwd: app,
    env,
    maxBuffer: 16 * 2 ** 20,
  })
  printed = stdout + stderr
}, A_LONG_TIME_MS)

test('the site is built without dead links, with every document and every door', () => {
  expect(printed).not.toContain('leads nowhere')
  const html = [...pageOf.values()].map((page) => page.replace(/\.md$/, '.html'))
  expect(html.filter((file) => !existsSync(join(site, file)))).toEqual([])
  const reference = doors.map(({ specifier }) => [`${specifier}.html`, `${specifier}/index.html`])
  expect(reference.filter((files) => !files.some((file) => existsSync(join(site, 'reference', file))))).toEqual([])
})

describe.skipIf(program === undefined)('in a browser', () => {
  let browser: Browser
  let origin = ''
  let close = (): void => {}
  beforeAll(async () => {
    browser = await chromium.launch(launchOptions(program ?? ''))
    ;({ origin, close } = await serveFolder(site))
  })
  afterAll(async () => {
    close()
    await browser.close()
  })

  /** A page of its own; the test fails for whatever it complains of. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options })
    context.setDefaultTimeout(120_000)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('requestfailed', (request) => complaints.push(`${request.url()} was not loaded`))
    onTestFinished(async () => {
      await context.close()
      expect(complaints).toEqual([])
    })
    await page.goto(`${origin}${path}`)
    return page
  }

  async function keepPicture(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: join(app, 'screenshots', `${name}.png`) })
  }

  test('the first page leads on by its sidebar', async () => {
    const page = await open('/')
    await page.getByRole('heading', { name: 'A running task in three steps' }).waitFor()
    await keepPicture(page, 'first-page')
    await page.locator('.VPSidebar').getByRole('link', { name: 'Priority scheduling' }).click()
    await page.getByRole('heading', { name: 'Priority scheduling', level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/priority-scheduling')
  })

  test('the search finds an option, the table of options first', async () => {
    const page = await open('/')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.locator('#localsearch-input').fill('retryBackoff')
    await page.locator('.VPLocalSearchBox .results a').first().waitFor()
    await keepPicture(page, 'search')
    await page.locator('.VPLocalSearchBox .results a').first().click()
    await page.waitForURL((url) => url.pathname !== '/')
    expect(new URL(page.url()).pathname).toBe('/options')
  })

  test('it is dark where that is preferred', async () => {
    const page = await open('/basic-usage', { colorScheme: 'dark' })
    await page.getByRole('heading', { name: 'Basic usage', level: 1 }).waitFor()
    expect(await page.evaluate('document.documentElement.classList.contains("dark")')).toBe(true)
    await keepPicture(page, 'dark')
  })

  test.each(['/', '/priority-scheduling', '/options', '/reference/@catzilla/api'])('%s fits a phone', async (path) => {
    const page = await open(path, { viewport: { width: 390, height: 844 } })
    await page.locator('h1').first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await keepPicture(page, `phone-${path.split('/').at(-1) || 'first-page'}`)
  })

  test('the API reference shows what docstrings say', async () => {
    const page = await open('/reference/@catzilla/api')
    expect(await page.getByText('Background tasks on one engine.').first().isVisible()).toBe(true)
    await keepPicture(page, 'reference')
  })
})
