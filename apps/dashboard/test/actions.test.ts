// What can be done from the page: asked about first, done by the server, entered in its audit log, and not offered to
// those who may only read.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { describeInBrowser, openPage } from './chromium.ts'
import { look } from './look.ts'
import { busy, stand, until } from './stand.ts'

/** Presses a button of the page, and then the one of the dialog. */
async function press(page: Page, name: string, confirm: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: confirm, exact: true }).click()
}

describeInBrowser('actions', () => {
  it('cancel a task that runs, with a reason, and leave an entry in the audit log', async () => {
    const told: unknown[] = []
    const hear = (message: unknown): void => void told.push(message)
    subscribe('catzilla:http:audit', hear)
    onTestFinished(() => void unsubscribe('catzilla:http:audit', hear))
    const place = await stand()
    const { runningId } = await busy(place)
    const { page } = await openPage({ bypassCSP: true })
    await page.goto(`${place.url}#/tasks/${runningId}`)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('wrong month')
    expect(await look(page, 'dialog-light')).toEqual([])
    // nothing happens before it is confirmed
    expect((await place.tasks.getTask(runningId))?.status).toBe('running')
    await dialog.getByRole('button', { name: 'Cancel the task' }).click()
    await page.locator('.page-head').getByText('cancelled').waitFor()
    await page.getByText('wrong month').first().waitFor()
    await page.goto(`${place.url}#/audit`)
    await page.locator('tbody tr', { hasText: 'cancel task' }).getByText('report.build').waitFor()
    await page.getByText('"reason":"wrong month"').waitFor()
    expect(await look(page, 'audit-entries-light')).toEqual([])
    expect(told).toMatchObject([{ operation: 'cancelTask', taskId: runningId, outcome: 'done', from: '127.0.0.1' }])
  })

  it('leave everything as it is when the question is answered with no', async () => {
    const place = await stand()
    const { runningId } = await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks/${runningId}`)
    await press(page, 'Cancel', 'Leave it')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(place.requests.filter((request) => !request.startsWith('GET'))).toEqual([])
  })

  it('retry a failed task as a new one, and lead to it', async () => {
    const place = await stand()
    const { failedId } = await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks/${failedId}`)
    await press(page, 'Retry', 'Retry')
    await page.getByRole('link', { name: failedId }).waitFor()
    await page.locator('.page-head').getByText('failed').waitFor()
    const [newest] = (await place.tasks.listTasks({ name: 'payment.charge' })).tasks
    expect(newest).toMatchObject({ retryOf: failedId, args: [4000] })
  })

  it('run a task with other input, and show what is wrong with input that is none', async () => {
    const place = await stand()
    const { runningId } = await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks/${runningId}`)
    await page.getByRole('button', { name: 'Run with other input…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('{"month": 1}')
    await dialog.getByRole('button', { name: 'Run' }).click()
    await dialog.getByRole('alert').getByText('The arguments are a JSON array').waitFor()
    await dialog.getByRole('textbox').fill('["1999-12"]')
    await dialog.getByRole('button', { name: 'Run' }).click()
    await page.getByText('"1999-12"').waitFor()
    place.openGate()
    await page.getByText('"month": "1999-12"').waitFor()
    const { tasks } = await place.tasks.listTasks({ name: 'report.build', status: 'completed' })
    expect(tasks.map(({ args }) => args)).toContainEqual(['1999-12'])
  })

  it('retry a whole group of failures', async () => {
    const place = await stand()
    await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/failures`)
    await page.getByRole('button', { name: 'Retry all of payment.charge' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry all' }).click()
    await page.getByText('Retried 7 tasks').waitFor()
    await page.locator('.group-count').getByText('14', { exact: true }).waitFor()
    const retried = await place.tasks.listTasks({ name: 'payment.charge' })
    expect(retried.tasks.filter(({ retryOf }) => retryOf !== null)).toHaveLength(7)
  })

  it('retry all that match the filter, times and lists among it, from a group of failures on', async () => {
    const place = await stand()
    const { failedId } = await busy(place)
    // it matches as well, but for its error
    await place.named.charge
      .delay('x' as never)
      .wait()
      .catch(() => undefined)
    const { page } = await openPage()
    await page.goto(`${place.url}#/failures`)
    await expect.poll(() => page.locator('.group-count').allTextContents()).toEqual(['7', '1'])
    await page.getByRole('heading').getByRole('link', { name: 'payment.charge' }).first().click()
    await page.getByText('Errors like').waitFor()
    await expect.poll(() => page.locator('.length .row').count()).toBe(7)
    await page.getByLabel('Submitted since', { exact: true }).fill('2020-01-01T00:00')
    await page.getByLabel('Error text', { exact: true }).fill('payment 4000')
    await page.locator(`.length a[href="#/tasks/${failedId}"]`).waitFor()
    await expect.poll(() => page.locator('.length .row').count()).toBe(1)
    await press(page, 'Retry all matching', 'Retry all')
    await page.getByText('Retried 1 task', { exact: true }).waitFor()
    const { tasks } = await place.tasks.listTasks({ name: 'payment.charge' })
    expect(tasks.flatMap(({ retryOf }) => retryOf ?? [])).toEqual([failedId])
  })

  it('cancel all that match the filter, part by part, and nothing else', async () => {
    const place = await stand()
    await place.tasks.pause()
    const { send, report } = place.named
    const all = Array.from({ length: 450 }, (_, n): [string, string] => [`user-${n}@example.org`, `Letter ${n}`])
    const results = [...send.with({ tags: ['campaign'] }).batch(all).results, report.delay('2026-11')]
    for (const result of results) result.wait().catch(() => undefined)
    const { page } = await openPage()
    await page.goto(`${place.url}#/tasks?tags=campaign`)
    await page.locator('.length .row').first().waitFor()
    await press(page, 'Cancel all matching', 'Cancel all')
    await page.getByText('Cancelled 450 tasks').waitFor()
    expect(results.filter(({ status }) => status === 'cancelled')).toHaveLength(450)
    expect(results.at(-1)?.status).toBe('pending')
    expect(place.requests.filter((request) => request === 'POST /shop/tasks/cancel').length).toBeGreaterThan(1)
  })

  it('pause and resume everything', async () => {
    const place = await stand()
    const { page } = await openPage()
    await page.goto(place.url)
    await press(page, 'Pause all', 'Pause')
    await page.getByRole('button', { name: 'Resume all' }).waitFor()
    expect(place.tasks.getStats().paused).toBe(true)
    await press(page, 'Resume all', 'Resume')
    await page.getByRole('button', { name: 'Pause all' }).waitFor()
    expect(place.tasks.getStats().paused).toBe(false)
  })

  it('drain the server, which takes nothing new and says so, and take tasks again', async () => {
    const place = await stand()
    const { runningId } = await busy(place)
    const { page } = await openPage({ bypassCSP: true })
    await page.goto(place.url)
    await press(page, 'Drain', 'Drain')
    await page.getByText(/It is drained: \d+ wait, \d+ run/).waitFor()
    await page.getByRole('button', { name: 'Take tasks again' }).waitFor()
    await page.locator('.health', { hasText: 'it is drained: nothing new is taken' }).waitFor()
    expect(await look(page, 'drained-light')).toEqual([])
    // what it took is still there, and runs
    expect((await place.tasks.getTask(runningId))?.status).toBe('running')
    await press(page, 'Take tasks again', 'Take tasks')
    await page.getByRole('button', { name: 'Drain', exact: true }).waitFor()
    await page.goto(`${place.url}#/audit`)
    await page.locator('tbody tr', { hasText: 'undrain tasks' }).waitFor()
    expect(place.requests.filter((request) => !request.startsWith('GET'))).toHaveLength(2)
  })

  it('scale, and say why it cannot be', async () => {
    const place = await stand()
    const { page } = await openPage({}, /422/)
    await page.goto(`${place.url}#/workers`)
    await page.getByRole('button', { name: 'Scale…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('0')
    await dialog.getByRole('button', { name: 'Scale' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByRole('textbox').fill('7')
    await dialog.getByRole('button', { name: 'Scale' }).click()
    await page.getByText('of 7 busy').waitFor()
    expect(place.tasks.getStats().lanes.inline?.slots).toBe(7)
  })

  it('scale worker threads of C, within their bounds', async ({ skip }) => {
    let place
    try {
      place = await stand({ with: { engine: 'native', workers: 2, minWorkers: 2, maxWorkers: 4 } })
    } catch (thrown) {
      skip(`no native engine here: ${String(thrown)}`)
      return
    }
    const { page } = await openPage({}, /422/)
    await page.goto(`${place.url}#/workers`)
    await page.getByRole('button', { name: 'Scale…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('There are 2 now; 2 to 4 are possible.').waitFor()
    await dialog.getByRole('textbox').fill('5')
    await dialog.getByRole('button', { name: 'Scale' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByRole('textbox').fill('4')
    await dialog.getByRole('button', { name: 'Scale' }).click()
    await page.locator('.tile', { hasText: 'native lane' }).getByText('of 4 busy').waitFor()
    expect(place.tasks.getStats().totalWorkers).toBe(4)
  })

  it('hold a schedule, let it go on, and run it now', async () => {
    const place = await stand()
    const { tasks, url, named } = place
    const schedule = tasks.schedule('newsletter', { everyMs: 3_600_000 }, named.send, ['all@example.org', 'News'])
    const { page } = await openPage()
    await page.goto(`${url}#/schedules`)
    await press(page, 'Pause newsletter', 'Pause')
    await page.locator('tbody tr').getByText('paused').waitFor()
    expect(schedule.info.paused).toBe(true)
    await press(page, 'Resume newsletter', 'Resume')
    await page.locator('tbody tr').getByText('active').waitFor()
    await press(page, 'Run now newsletter', 'Run now')
    await page.getByText('Submitted email.send.').waitFor()
    await tasks.drain()
    expect(tasks.getStats().completedTasks).toBe(1)
    await page.goto(`${url}#/audit`)
    await page.locator('tbody tr', { hasText: 'run schedule' }).getByRole('link', { name: 'newsletter' }).waitFor()
  })

  it('show which names are paused, also those without a task so far', async () => {
    const { tasks, url } = await stand()
    await tasks.pause('index.update')
    const { page } = await openPage()
    await page.goto(`${url}#/queues`)
    const row = page.locator('tbody tr', { hasText: 'index.update' })
    await row.getByText('paused').waitFor()
    expect(await row.getByRole('button').allTextContents()).toEqual(['Resume index.update'])
    await press(page, 'Resume index.update', 'Resume')
    await row.waitFor({ state: 'detached' })
    expect(tasks.getStats().pausedNames).toEqual([])
  })

  it('retry all that failed once, however often it is asked for', async () => {
    const place = await stand()
    await busy(place)
    const { page } = await openPage()
    await page.goto(`${place.url}#/failures`)
    await press(page, 'Retry all of payment.charge', 'Retry all')
    await page.getByText('Retried 7 tasks').waitFor()
    // the seven that failed again are new ones, and those before them are left alone
    await until(() => place.tasks.getStats().failedTasks === 14)
    await press(page, 'Retry all of payment.charge', 'Retry all')
    await page.getByText('Retried 7 tasks; 7 had changed meanwhile, or were retried before').waitFor()
    expect(place.tasks.getStats().submittedTasks).toBeGreaterThanOrEqual(21)
  })

  it('show no button to those who may only read', async () => {
    const place = await stand({ http: { authorize: (_, action) => action === 'read' || action === 'dashboard' } })
    const { runningId, failedId } = await busy(place)
    const { page } = await openPage()
    const pages = ['', 'tasks', `tasks/${runningId}`, `tasks/${failedId}`, 'queues', 'workers', 'failures', 'schedules']
    for (const path of pages) {
      const answered = page.waitForResponse(/\/rights$/)
      await page.goto('about:blank')
      await page.goto(`${place.url}#/${path}`)
      await answered
      await page.locator('.panel, .rows, .tiles').first().waitFor()
      // what filters the list changes nothing
      const buttons = await page.locator('main button:not(.chip)').allTextContents()
      expect([path, ...buttons]).toEqual([path])
    }
  })

  it('show why the auto-scaler changed the number of workers', async ({ skip }) => {
    let place
    try {
      place = await stand({ with: { engine: 'native', workers: 8, minWorkers: 2 } })
    } catch (thrown) {
      skip(`no native engine here: ${String(thrown)}`)
      return
    }
    const { to, reason } = await place.tasks.monitor.optimizeWorkers()
    expect(to).toBeLessThan(8)
    const { page } = await openPage()
    await page.goto(`${place.url}#/workers`)
    await page
      .locator('tbody tr', { hasText: `8 → ${to}` })
      .getByText(reason)
      .waitFor()
  })
})
