// The page of one task: all that is known of it, each fact in its place.
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, openPage } from './chromium.ts'
import { look } from './look.ts'
import { stand, until } from './stand.ts'

/** The words of a part of the page, under its heading. */
async function wordsUnder(page: Page, heading: string): Promise<string> {
  const panel = page.locator('.panel', { has: page.getByRole('heading', { name: heading, exact: true }) })
  return (await panel.textContent()) ?? ''
}

describeInBrowser('the page of a task', () => {
  it('tells what keeps its body from being compiled, where that stands, and what to do', async ({ skip }) => {
    let place
    try {
      place = await stand({ with: { engine: 'native', compile: 'auto' } })
    } catch (thrown) {
      skip(`no native engine here: ${String(thrown)}`)
      return
    }
    const body = (value: unknown): string => {
      return `${String(value)} after ${process.uptime()} s`
    }
    const task = place.tasks.task({ name: 'uptime.tell' }, body)
    // for two tuples of types, to be told once
    for (const value of [1, 'a']) {
      const { length } = task.explain().native.bodies
      do await task.delay(value).wait()
      while (
        !task
          .explain()
          .native.bodies.slice(length)
          .some(({ tier }) => tier === 'javascript')
      )
    }
    const last = task.delay(2)
    await last.wait()
    const { page } = await openPage({ bypassCSP: true })
    await page.goto(`${place.url}#/tasks/${last.taskId}`)
    const blocker = page.locator('.blockers li')
    await blocker.first().waitFor()
    const before = body.toString().split('process.uptime')[0]?.split('\n') ?? []
    const at = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} of the function`
    expect(await blocker.allTextContents()).toEqual([
      `CZ1003 'process.uptime' is not available in compiled tasks ${at}Instead: call it before, and hand in what it gives as an argument; or leave it to a task in JavaScript`,
    ])
    const story = await wordsUnder(page, 'Where it runs, and why')
    expect(story).toContain('inline: the default: the body runs on the event loop.')
    expect(story).toContain('Not compiled to C:CZ1003')
    expect(story).toContain('As JavaScript it gives the same results.')
    expect(await look(page, 'task-blockers-light')).toEqual([])
  })

  it('shows how far it is, and each line of its log with its fields', async () => {
    const { named, url } = await stand()
    const report = named.report.delay('2026-11')
    const sent = named.send.delay('tom@example.org', 'Letter')
    await sent.wait()
    await until(() => report.status === 'running')
    const { page } = await openPage()
    await page.goto(`${url}#/tasks/${report.taskId}`)
    await page.getByRole('img', { name: '40 % done' }).waitFor()
    expect(await page.locator('p.progress').textContent()).toBe('40 % collecting')
    await page.goto(`${url}#/tasks/${sent.taskId}`)
    await page.locator('.logs li').waitFor()
    expect(await page.locator('.logs').textContent()).toContain('sent to tom@example.org {"subject":"Letter"}')
  })

  it('follows an error down to its first cause', async () => {
    const { named, url } = await stand()
    const charged = named.charge.delay(4000)
    await charged.wait().catch(() => undefined)
    const { page } = await openPage()
    await page.goto(`${url}#/tasks/${charged.taskId}`)
    const links = page.locator('.chain > li')
    await links.first().waitFor()
    expect(await links.count()).toBe(2)
    expect(await links.nth(0).textContent()).toMatch(/^NonRetryableError .*payment 4000 was refused$/)
    expect(await links.nth(1).textContent()).toMatch(/^caused by RangeError .*the bank answered 503 to payment 4000$/)
  })

  it('says of a plain function that nothing more is known of where it runs', async () => {
    const { tasks, url } = await stand()
    const plain = tasks.addTask(() => 1, [])
    await plain.wait()
    const { page } = await openPage({}, /404/)
    await page.goto(`${url}#/tasks/${plain.taskId}`)
    await page.locator('.lane-story').waitFor()
    const story = await wordsUnder(page, 'Where it runs, and why')
    expect(story).toContain('inline: the task was submitted as a plain function')
  })
})
