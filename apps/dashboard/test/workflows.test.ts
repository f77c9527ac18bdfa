// Workflows in the browser: their runs, one run drawn as it goes on, what can be done about it, and large ones.
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, openPage } from './chromium.ts'
import { defineFlows } from './flows.ts'
import { look } from './look.ts'
import { stand, until } from './stand.ts'
import type { StandOptions } from './stand.ts'

async function open(options: StandOptions = {}) {
  const place = await stand(options)
  return { ...place, flows: defineFlows(place) }
}

function step(page: Page, id: string) {
  return page.locator('.drawn-step').filter({ has: page.locator('title', { hasText: new RegExp(`^${id}: `) }) })
}

/** A busy machine may take its time. */
function patiently<T>(ask: () => Promise<T>) {
  return expect.poll(ask, { timeout: 240_000 })
}

/** Presses a button of the page, and then the one of the dialog. */
async function press(page: Page, name: string, confirm: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: confirm, exact: true }).click()
}

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1360, height: 1000 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 1000 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const

describeInBrowser('workflows', () => {
  it.each(looks)('are shown in $name', async ({ name, ...setting }) => {
    const { flows, runs, url, openGate } = await open()
    const failed = flows.strict.execute({ id: 7 })
    await failed.wait().catch(() => undefined)
    const running = flows.order.execute({ id: 8 })
    await until(() => runs.inspect(running.runId).progress.settled >= 4)
    const { page } = await openPage({ ...setting, bypassCSP: true })
    const problems: string[] = []
    const see = async (file: string): Promise<void> => {
      problems.push(...(await look(page, `${file}-${name}`)).map((violation) => `${file}: ${violation}`))
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (wide > 0) problems.push(`${file}: scrolls sideways, by ${wide} pixels`)
    }
    await page.goto(`${url}#/workflows`)
    await page.getByRole('link', { name: 'strict order' }).first().waitFor()
    await see('workflows')
    await page.goto(`${url}#/workflows/${running.runId}?step=reserve+its+parts`)
    await page.getByText('3 of 4').first().waitFor()
    await see('run-running')
    openGate()
    await page.locator('.page-head').getByText('completed').waitFor()
    await page.getByRole('heading', { name: 'Critical path' }).waitFor()
    await see('run-completed')
    await page.goto(`${url}#/workflows/${failed.runId}`)
    await page.locator('.page-head').getByText('failed').waitFor()
    await see('run-failed')
    const large = flows.fan(40).execute()
    await large.wait()
    await page.goto(`${url}#/workflows/${large.runId}`)
    await page.getByRole('button', { name: 'Fit' }).click()
    await see('run-large')
    expect(problems).toEqual([])
  })

  it('shows each step as it goes on, by word and sign, without being asked', async () => {
    const { flows, url, openGate } = await open()
    const run = flows.order.execute({ id: 1 })
    const { page } = await openPage()
    await page.goto(`${url}#/workflows/${run.runId}`)
    const parts = step(page, 'reserve its parts')
    const stateOf = (id: string) => step(page, id).locator('.step-state').textContent()
    await patiently(() => stateOf('reserve its parts')).toMatch(/^running · 3 of 4 · 1/)
    expect(await parts.locator('.sign').textContent()).toBe('▶')
    expect(await stateOf('charge the card')).toBe('waiting')
    await page.getByText('of 10 steps and items').waitFor()
    openGate()
    await page.locator('.page-head').getByText('completed').waitFor()
    await patiently(() => step(page, 'charge the card').getAttribute('class')).toContain('s-completed')
    expect(await step(page, 'charge the card').locator('.sign').textContent()).toBe('✓')
    expect(await page.locator('.critical-path li').count()).toBeGreaterThan(2)
    // on the critical path by word too
    expect(await step(page, 'charge the card').getAttribute('aria-description')).toBe('on the critical path')
  })

  it('leads from step to step by arrow keys, and tells of the chosen one, which stands in the address', async () => {
    const { flows, url } = await open()
    const run = flows.strict.execute({ id: 1 })
    await run.wait().catch(() => undefined)
    const { page } = await openPage()
    await page.goto(`${url}#/workflows/${run.runId}`)
    await step(page, 'read the order').focus()
    await page.keyboard.press('ArrowRight')
    const panel = page.locator('.step-panel')
    await panel.waitFor()
    const first = await panel.locator('h2').textContent()
    expect(['Step reserve its parts', 'Step work out the price']).toContain(first)
    await page.keyboard.press(first === 'Step reserve its parts' ? 'ArrowDown' : 'ArrowUp')
    const other = first === 'Step reserve its parts' ? 'work out the price' : 'reserve its parts'
    await panel
      .getByText(`Step ${other}`)
      .or(panel.getByText(first ?? ''))
      .first()
      .waitFor()
    await step(page, 'reserve its parts').click()
    await panel.getByText('no bell is left in the store').first().waitFor()
    expect(await panel.getByRole('link', { name: 'part.reserve' }).getAttribute('href')).toBe(
      '#/tasks?name=part.reserve',
    )
    expect(new URL(page.url()).hash).toContain('step=reserve+its+parts')
    await page.keyboard.press('Home')
    await panel.getByText('Step read the order').waitFor()
  })

  it('pauses, resumes and cancels a run, and leaves entries in the audit log', async () => {
    const { flows, url, runs } = await open()
    const run = flows.order.execute({ id: 1 })
    const ended = run.wait().catch((error: Error) => error.message)
    const { page } = await openPage()
    await page.goto(`${url}#/workflows/${run.runId}`)
    await press(page, 'Pause', 'Pause')
    await page.locator('.page-head').getByText('paused').waitFor()
    expect(runs.inspect(run.runId).status).toBe('paused')
    await press(page, 'Resume', 'Resume')
    await page.locator('.page-head').getByText('running').waitFor()
    await page.getByRole('main').getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('wrong order')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click()
    await page.locator('.page-head').getByText('cancelled').waitFor()
    expect(await ended).toContain('wrong order')
    await page.goto(`${url}#/audit`)
    await page.locator('tbody tr', { hasText: 'cancel run' }).getByRole('link', { name: 'order' }).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(3)
  })

  it('retries a failed run as a new one, and leads to it', async () => {
    const { flows, url, runs, openGate } = await open()
    const run = flows.strict.execute({ id: 1 })
    await run.wait().catch(() => undefined)
    flows.repaired()
    openGate()
    const { page } = await openPage()
    await page.goto(`${url}#/workflows/${run.runId}`)
    await press(page, 'Retry', 'Retry')
    await page.getByRole('link', { name: run.runId }).waitFor()
    await page.locator('.page-head').getByText('completed').waitFor()
    expect(runs.list({ status: 'completed' }).runs).toMatchObject([{ retryOf: run.runId }])
  })

  it('offers nothing to those who may only read, and no page to servers without workflows', async () => {
    const may = (_: unknown, action: string): boolean => action === 'read' || action === 'dashboard'
    const { flows, url } = await open({ http: { authorize: may } })
    const run = flows.order.execute({ id: 1 })
    const { page } = await openPage()
    await page.goto(`${url}#/workflows/${run.runId}`)
    await page.locator('.drawn-step').first().waitFor()
    for (const name of ['Pause', 'Cancel', 'Retry']) {
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
    }
    await page.getByRole('navigation').getByRole('link', { name: 'Workflows' }).waitFor()
    const without = await stand({ http: { workflows: undefined as never } })
    const { page: other } = await openPage({}, /501/)
    const answered = other.waitForResponse(/\/rights$/)
    await other.goto(`${without.url}#/workflows`)
    await answered
    await other.getByText('Give the routes the option').first().waitFor()
    expect(await other.getByRole('navigation').getByRole('link', { name: 'Workflows' }).count()).toBe(0)
  })

  it('finds runs by state and by workflow, and keeps the filter in the address', async () => {
    const { flows, url, openGate } = await open()
    openGate()
    await flows.order.execute({ id: 1 }).wait()
    await flows.strict
      .execute({ id: 1 })
      .wait()
      .catch(() => undefined)
    const { page } = await openPage()
    await page.goto(`${url}#/workflows`)
    const rows = page.getByRole('region', { name: 'Runs' }).locator('tbody tr')
    await patiently(() => rows.count()).toBe(2)
    await page.getByRole('button', { name: 'failed' }).click()
    await patiently(() => rows.count()).toBe(1)
    expect(page.url()).toContain('status=failed')
    await page.getByRole('combobox', { name: 'Workflow' }).selectOption('order')
    await page.getByText('No run matches').waitFor()
  })

  it('says that a run is not there, and what to do about it', async () => {
    const { url } = await open()
    const { page } = await openPage({}, /404/)
    await page.goto(`${url}#/workflows/nobody`)
    const alert = page.getByRole('alert')
    await alert.getByText('no run is kept with this id').waitFor()
    expect(await alert.textContent()).toContain('See `openapi.json` for the routes there are.')
  })

  it.each(['chain', 'fan'] as const)(
    'draws a %s of a thousand steps, of which only those in sight are in the page',
    async (shape) => {
      const { flows, url } = await open()
      const run = flows[shape](1000).execute()
      await run.wait()
      const { page } = await openPage()
      await page.goto(`${url}#/workflows/${run.runId}`)
      const drawn = page.locator('.drawn-step')
      await drawn.first().waitFor()
      expect(await drawn.count()).toBeLessThan(60)
      await step(page, shape === 'chain' ? 'step 0' : 'first').focus()
      await page.keyboard.press('End')
      await page
        .locator('.step-panel')
        .getByText(shape === 'chain' ? 'Step step 999' : 'Step all')
        .waitFor()
      await patiently(() => step(page, shape === 'chain' ? 'step 999' : 'all').count()).toBe(1)
      await page.getByLabel('Id, task or state').fill(shape === 'chain' ? 'step 500' : 'side 500')
      await patiently(() => page.getByRole('region', { name: 'Steps' }).locator('tbody tr').count()).toBe(1)
      await page.getByRole('button', { name: 'Fit' }).click()
      await page.getByText(' %').first().waitFor()
    },
  )
})
