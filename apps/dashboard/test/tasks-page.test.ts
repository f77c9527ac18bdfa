// The list of tasks: its filter in the address, ten thousand rows, and keys.
import { expect, it } from 'vitest'
import { describeInBrowser, openPage } from './chromium.ts'
import { busy, stand } from './stand.ts'

describeInBrowser('the list of tasks', () => {
  it('has its filter in the address, both ways', async () => {
    const place = await stand()
    await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks?status=failed&error=payment%204003`)
    const links = page.locator('.length .task a')
    await page.getByText('NonRetryableError: payment 4003 was refused').waitFor()
    expect(await links.count()).toBe(1)
    expect(await page.getByLabel('Error text').inputValue()).toBe('payment 4003')
    expect(await page.getByRole('button', { name: 'failed', exact: true }).getAttribute('aria-pressed')).toBe('true')

    await page.getByRole('button', { name: 'Clear the filter' }).click()
    await page.getByLabel('Name').fill('report.build')
    await page.getByRole('button', { name: 'running', exact: true }).click()
    await expect.poll(() => links.allTextContents()).toEqual(['report.build', 'report.build'])
    expect(new URL(page.url()).hash).toBe('#/tasks?name=report.build&status=running')
    await page.reload()
    await expect.poll(() => links.allTextContents()).toEqual(['report.build', 'report.build'])
  })

  it('narrows down by each condition, and by all of them at once', async () => {
    const place = await stand()
    const { failedId } = await busy(place)
    const found: Readonly<Record<string, number>> = {
      'status=failed': 7,
      'status=failed,cancelled': 8,
      'name=report.build': 2,
      'priority=critical': 7,
      [`id=${failedId}`]: 1,
      'error=payment%204003': 1,
      'pattern=NonRetryableError%3A+payment+%23+was+refused': 7,
      'tags=mail&status=scheduled': 1,
      'tags=mail&status=failed': 0,
      'since=2020-01-01T00:00&status=failed': 7,
      'since=2999-01-01T00:00&status=failed': 0,
      'until=2020-01-01T00:00&status=failed': 0,
      'until=2999-01-01T00:00&status=failed': 7,
      [`status=failed&name=payment.charge&priority=critical&error=refused&since=2020-01-01T00:00&id=${failedId}`]: 1,
    }
    const { page } = await openPage()
    for (const [query, expected] of Object.entries(found)) {
      await page.goto('about:blank')
      await page.goto(`${place.url}#/tasks?${query}`)
      await page.locator('.empty-title, .length .row').first().waitFor()
      expect([query, await page.locator('.length .row').count()]).toEqual([query, expected])
    }
  })

  it('takes each condition from its field to the address and to the server, with times of the clock of the reader', async () => {
    const place = await stand()
    const { page } = await openPage({ timezoneId: 'Asia/Tokyo' })
    await page.goto(`${place.url}#/tasks`)
    const typed = {
      Name: 'email.send',
      'Id begins with': 'a1',
      Tags: 'mail,news',
      'Error text': 'is full',
      'Submitted since': '2026-11-22T09:30',
      'Submitted before': '2026-11-23T09:30',
    }
    for (const [label, text] of Object.entries(typed)) await page.getByLabel(label, { exact: true }).fill(text)
    await page.locator('select[name=priority]').selectOption('high')
    await page.getByRole('button', { name: 'failed', exact: true }).click()
    await page.reload()
    for (const [label, text] of Object.entries(typed)) {
      expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(text)
    }
    const rest = { tags: 'mail,news', error: 'is full', priority: 'high', status: 'failed' }
    const inAddress = { name: 'email.send', id: 'a1', ...rest }
    const [, query] = new URL(page.url()).hash.split('?')
    const [since, until] = ['2026-11-22T09:30', '2026-11-23T09:30']
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({ ...inAddress, since, until })
    const epochMs = (time: string): string => String(Date.parse(`${time}+09:00`))
    const wanted = { ...inAddress, since: epochMs(since), until: epochMs(until), limit: '250' }
    await expect
      .poll(() =>
        place.requests
          .filter((request) => request.startsWith('GET /shop/tasks?'))
          .map((request) => Object.fromEntries(new URLSearchParams(request.split('?')[1]))),
      )
      .toContainEqual(wanted)
  })

  it('holds ten thousand rows, of which those in sight are in the page', async () => {
    const place = await stand({ with: { queueSize: 20_000 } })
    await place.tasks.pause()
    const all = Array.from({ length: 10_000 }, (_, n): [string, string] => [`user-${n}@example.org`, `Letter ${n}`])
    const batch = place.named.send.batch(all)
    batch.wait().catch(() => undefined)
    const first = batch.results[0]?.taskId ?? ''
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks`)
    await page.locator('.length .row').first().waitFor()
    // down to the end, as fast as it comes
    await expect
      .poll(
        () =>
          page.evaluate(() => {
            const port = document.querySelector('.port')
            port?.scrollTo(0, port.scrollHeight)
            return document.querySelector('.page-head p')?.textContent
          }),
        { timeout: 240_000 },
      )
      .toBe('10,000')
    await page.locator(`.length a[href="#/tasks/${first}"]`).waitFor()
    const drawn = await page.locator('.length .row').count()
    expect(drawn).toBeGreaterThan(10)
    expect(drawn).toBeLessThan(80)
    // what is in sight is fresh, however far down
    place.tasks.cancel(first, 'no longer').catch(() => undefined)
    await page.locator(`.row:has(a[href="#/tasks/${first}"])`).getByText('cancelled', { exact: true }).waitFor()
    // and each row stands where its number says
    const places = await page.evaluate(() =>
      [...document.querySelectorAll('.length .row')].map((row) => [
        Number(row.getAttribute('aria-rowindex')),
        Math.round(row.getBoundingClientRect().top - (row.parentElement?.getBoundingClientRect().top ?? 0)),
      ]),
    )
    for (const [index, top] of places) expect(top).toBe(((index ?? 0) - 2) * 36)
  })

  it('is walked with the keyboard alone', async () => {
    const place = await stand()
    await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks?status=failed`)
    await page.locator('.length .row').nth(6).waitFor()
    await page.keyboard.press('/')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('name')
    await page.locator('.port').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('the bank answered 503 to payment 4005').waitFor()
    await page.keyboard.press('Tab')
    await page.goBack()
    await page.locator('.length .row').first().waitFor()
    expect(new URL(page.url()).hash).toBe('#/tasks?status=failed')
  })
})
