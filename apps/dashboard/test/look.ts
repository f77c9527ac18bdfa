// A look at a page: its picture, for people, and what axe finds wrong with it.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

const shots = join(import.meta.dirname, '../screenshots')
mkdirSync(shots, { recursive: true })

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** The page has to bypass its policy (`bypassCSP`), which lets nothing in. Gives what is wrong, in words. */
export async function look(page: Page, name: string): Promise<string[]> {
  await page.screenshot({ path: join(shots, `${name}.png`) })
  const isThere = await page.evaluate(() => 'axe' in globalThis)
  if (!isThere) await page.addScriptTag({ path: axePath })
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  })
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}
