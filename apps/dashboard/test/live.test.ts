// Figures move by themselves, rest while nobody looks, and come back when the server does.
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { describeInBrowser, openPage } from './chromium.ts'
import { look } from './look.ts'
import { busy, stand, until } from './stand.ts'

describeInBrowser('a page left open', () => {
  it('shows what happens as it happens', async () => {
    const place = await stand()
    const { page } = await openPage()
    await page.goto(place.url)
    const running = page.locator('.tile', { hasText: 'Running' }).locator('.tile-value')
    await expect.poll(() => running.textContent()).toBe('0')
    const report = place.named.report.delay('2026-11')
    await expect.poll(() => running.textContent()).toBe('1')

    await page.goto(`${place.url}#/tasks/${report.taskId}`)
    await page.locator('.page-head').getByText('running').waitFor()
    place.openGate()
    await page.locator('.page-head').getByText('completed').waitFor()
    // the steps were recorded, since the page was open before
    await expect.poll(() => page.locator('.timeline strong').allTextContents()).toContain('completed')
    expect(await page.locator('.timeline strong').allTextContents()).toEqual([
      'submitted',
      'queued',
      'started',
      'progress',
      'completed',
    ])
    expect(await page.getByText('"rows": 1234').count()).toBe(1)
  })

  it('tells each attempt of a task, and why it was tried again', async () => {
    const place = await stand()
    const { page } = await openPage()
    await page.goto(place.url)
    await until(() => place.requests.some((request) => request.includes('/events')))
    const retried = place.named.flaky.delay('home')
    await retried.wait()
    await page.goto(`${place.url}#/tasks/${retried.taskId}`)
    await page.getByText('attempt 2 on the inline lane').waitFor()
    const steps = await page.locator('.timeline').textContent()
    expect(steps).toContain('attempt 1 failed: TypeError: page "home" is locked')
  })

  it('tells the attempts of a task that nobody watched', async () => {
    const place = await stand()
    const retried = place.named.flaky.delay('home')
    await retried.wait()
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks/${retried.taskId}`)
    await page.getByText('attempt 2 on the inline lane').waitFor()
    expect(await page.locator('.timeline strong').allTextContents()).toEqual([
      'submitted',
      'started',
      'retrying',
      'started',
      'completed',
    ])
    expect(await page.locator('.timeline').textContent()).toContain(
      'attempt 1 failed: TypeError: page "home" is locked',
    )
    expect(await page.getByText('nothing is known').count()).toBe(0)
  })

  it('rests while it is hidden', async () => {
    const place = await stand()
    const { page } = await openPage()
    await page.clock.install()
    await page.goto(`${place.url}#/tasks`)
    await page.getByText('Tasks appear here').waitFor()
    const setHidden = (hidden: boolean): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    await setHidden(true)
    // what was under way when it was hidden may still arrive; after that nothing does, for an hour of the page's clock
    const allArrived = (): Promise<unknown> => page.evaluate(async () => (await fetch('./')).text())
    await allArrived()
    const before = place.requests.length
    await page.clock.runFor(3_600_000)
    await allArrived()
    expect(place.requests.slice(before)).toEqual(['GET /shop/tasks/dashboard/'])
    await setHidden(false)
    await until(() => place.requests.slice(before).some((request) => request.includes('/live')))
  })

  it('says that the server is away, keeps what it knew, and goes on when it is back', async () => {
    const place = await stand()
    await busy(place)
    const { page } = await openPage({ bypassCSP: true, colorScheme: 'dark' }, /ERR_|Failed to load resource/)
    await page.goto(place.url)
    await page.locator('.tile-value').first().waitFor()
    await place.stopServer()
    await page.getByText('Disconnected since').waitFor()
    expect(await look(page, 'disconnected-dark')).toEqual([])
    expect(await page.locator('.tile', { hasText: 'Failed' }).locator('.tile-value').textContent()).toBe('7')
    const before = place.requests.length
    await place.startServer()
    await page.getByText('Disconnected since').waitFor({ state: 'detached' })
    // its stream as well, for which the server keeps what happens to each task
    await until(() => place.requests.slice(before).some((request) => request.includes('/events')))
    place.named.charge
      .delay(1)
      .wait()
      .catch(() => undefined)
    const failed = page.locator('.tile', { hasText: 'Failed' }).locator('.tile-value')
    await expect.poll(() => failed.textContent()).toBe('8')
  })

  it('comes back to its streams, of all tasks and of one, after a server that refuses them', async () => {
    const place = await stand()
    const report = place.named.report.delay('2026-11')
    const { page } = await openPage({}, /ERR_|Failed to load resource/)
    const streams = (requests: readonly string[]): number =>
      new Set(requests.filter((request) => request.includes('/events?'))).size
    await page.goto(`${place.url}#/tasks/${report.taskId}`)
    await until(() => streams(place.requests) === 2)
    await place.stopServer()
    // as a server that shuts down answers, and a proxy in its place
    const refused: string[] = []
    const proxy = createServer(({ method, url }, res) => {
      refused.push(`${method} ${url}`)
      res.writeHead(503).end()
    })
    await new Promise<void>((resolve) => proxy.listen(Number(new URL(place.url).port), '127.0.0.1', resolve))
    await until(() => streams(refused) === 2)
    const closed = new Promise((resolve) => proxy.close(resolve))
    proxy.closeAllConnections()
    await closed
    const before = place.requests.length
    await place.startServer()
    await until(() => streams(place.requests.slice(before)) === 2)
    place.openGate()
    await page.locator('.page-head').getByText('completed').waitFor()
    expect(await page.locator('.timeline strong').last().textContent()).toBe('completed')
  })
})
