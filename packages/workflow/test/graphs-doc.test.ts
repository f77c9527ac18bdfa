// The example of docs/graphs-in-c.md, run with the built packages as its readers run it.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { nativeMissing } from './engines.ts'

const packageRoot = join(import.meta.dirname, '..')
const isBuilt = ['api', 'compiler', 'workflow'].every((name) =>
  existsSync(join(packageRoot, '..', name, 'dist/index.js')),
)
const missing = isBuilt ? nativeMissing : 'the packages are not built'
if (missing !== undefined) process.stdout.write(`the example of docs/graphs-in-c.md is skipped: ${missing}\n`)

describe.skipIf(missing !== undefined)('docs/graphs-in-c.md', () => {
  test('its example prints what stands below it', async () => {
    const page = await readFile(join(packageRoot, '../../docs/graphs-in-c.md'), 'utf8')
    const [, example = ''] = /```ts\n([^]*?)```/.exec(page) ?? []
    const [, printed = ''] = /```text\n([^]*?)```/.exec(page) ?? []
    const folder = await mkdtemp(join(packageRoot, 'dist/.doc-'))
    try {
      const { code } = await transform(example, { loader: 'ts', format: 'esm' })
      await writeFile(join(folder, 'example.mjs'), code)
      const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
      const options = { cwd: folder, env: { ...env, CATZILLA_ENGINE: 'native' } }
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['example.mjs'], options)
      expect([stdout, stderr]).toEqual([printed, ''])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
