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

  it.each([
    ['id=ID', 1],
    ['tags=mail&status=scheduled', 1],
    ['priority=critical', 7],
    ['since=2020-01-01T00:00&status=failed', 7],
    ['until=2020-01-01T00:00', 0],
  ])('filters by %s', async (query, expected) => {
    const place = await stand()
    const { failedId } = await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks?${query.replace('ID', failedId)}`)
    await page
      .locator(expected === 0 ? '.empty-title' : '.length .row')
      .first()
      .waitFor()
    await expect.poll(() => page.locator('.length .row').count()).toBe(expected)
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
