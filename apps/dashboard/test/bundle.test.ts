// What ships: small, complete in itself, and nothing that a strict policy would refuse.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { dashboardFolder } from '@catzilla/monitor'
import { expect, it } from 'vitest'

const LIMIT = 100 * 1024

function built(): ReadonlyMap<string, Buffer> {
  const folder = dashboardFolder()
  if (folder === undefined)
    throw new Error('the dashboard is not built: npx turbo run build --filter=@catzilla/dashboard')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name))]))
}

it('is at most 100 kB, compressed', () => {
  const sizes = [...built()].map(([name, bytes]) => [name, gzipSync(bytes).length] as const)
  const sum = sizes.reduce((before, [, size]) => before + size, 0)
  // what is too much tells what it is made of
  expect(sum > LIMIT ? sizes : []).toEqual([])
  expect(sum).toBeGreaterThan(10_000)
})

it('refers to its own files only, and has nothing inline', () => {
  const page = built().get('index.html')?.toString() ?? ''
  const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? '')
  expect(addresses.length).toBeGreaterThan(1)
  for (const address of addresses) expect(address).toMatch(/^\.\//)
  expect(page).not.toMatch(/<style|style="|<script(?![^>]*src=)|\son\w+="/)
  const css = [...built()].filter(([name]) => name.endsWith('.css')).map(([, bytes]) => bytes.toString())
  expect(css.join()).not.toMatch(/@import|url\(/)
})
