// Every page as people see it: light, dark and on a phone, without a word of complaint from the browser, and as axe wants it.
import { expect, it } from 'vitest'
import { describeInBrowser, openPage } from './chromium.ts'
import { look } from './look.ts'
import { busy, stand } from './stand.ts'

interface Look {
  readonly name: string
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { readonly width: number; readonly height: number }
}

const looks: readonly Look[] = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1360, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
]

describeInBrowser('pages', () => {
  it.each(looks)('are shown in $name', async ({ name, ...setting }) => {
    const place = await stand()
    const { runningId, failedId, retriedId } = await busy(place)
    // axe is put there past the policy of the page, which lets nothing in
    const { page } = await openPage({ ...setting, bypassCSP: true })
    const pages: readonly [path: string, file: string, shown: string][] = [
      ['tasks', 'tasks', 'email.send'],
      [`tasks/${runningId}`, 'task-running', 'collecting'],
      [`tasks/${failedId}`, 'task-failed', 'the bank answered 503 to payment 4000'],
      [`tasks/${retriedId}`, 'task-retried', 'attempt 2'],
      ['queues', 'queues', 'payment.charge'],
      ['workers', 'workers', 'Busy now'],
      ['failures', 'failures', 'payment.charge'],
      ['schedules', 'schedules', 'newsletter'],
      ['audit', 'audit', 'Nothing was changed so far'],
      ['nowhere', 'nowhere', 'There is no such page'],
      ['tasks?name=none', 'tasks-empty', 'No task matches'],
      // last, when its charts have something to show
      ['', 'overview', 'Tasks per second'],
    ]
    const problems: string[] = []
    for (const [path, file, shown] of pages) {
      await page.goto(`${place.url}#/${path}`)
      await page.getByText(shown).first().waitFor()
      if (path === '') await page.locator('.uplot canvas').nth(3).waitFor()
      problems.push(...(await look(page, `${file}-${name}`)).map((violation) => `${path}: ${violation}`))
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (wide > 0) problems.push(`${path}: scrolls sideways, by ${wide} pixels`)
    }
    expect(problems).toEqual([])
  })

  it('come with a strict policy, which nothing on them offends, and from nowhere else', async () => {
    const place = await stand({ mount: '/a/very/deep/path' })
    await busy(place)
    const { page } = await openPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(place.url.replace(/\/$/, ''))
    for (const path of ['', 'tasks', 'queues', 'workers', 'failures', 'workflows', 'schedules', 'audit']) {
      await page.goto(`${place.url}#/${path}`)
      await page.locator('h1').waitFor()
    }
    const origin = new URL(place.url).origin
    expect(
      asked.filter(
        (url) => !url.startsWith(`${origin}/a/very/deep/path/`) && !url.startsWith(`${origin}/a/very/deep/path?`),
      ),
    ).toEqual([])
    const policy = (await fetch(place.url)).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
  })

  it('say what is wrong, and what to do about it', async () => {
    const place = await stand({ http: { authorize: (_, action) => action === 'dashboard' } })
    const { page } = await openPage({}, /403/)
    await page.goto(`${place.url}#/failures`)
    const alert = page.getByRole('alert').filter({ hasText: 'this is not allowed: read' }).first()
    await alert.waitFor()
    expect(await alert.textContent()).toContain('Ask who runs the server for the permission.')
  })
})
