// The example of docs/durability.md, run with the built packages as its readers run it.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { expect, test } from 'vitest'
import { describeOnEachEngine } from './engines.ts'

const packageRoot = join(import.meta.dirname, '..')
const dist = join(packageRoot, 'dist')
const unbuilt = !existsSync(join(dist, 'index.js')) || !existsSync(join(packageRoot, '../durable/dist/index.cjs'))
if (unbuilt) process.stdout.write('the example of docs/durability.md is skipped: the packages are not built\n')

describeOnEachEngine((engine) => {
  test.skipIf(unbuilt)('the example of docs/durability.md prints what stands below it', async () => {
    const page = await readFile(join(packageRoot, '../../docs/durability.md'), 'utf8')
    const [, example] = /```ts\n([\s\S]*?)```/.exec(page) ?? []
    const [, printed] = /```text\n([\s\S]*?)```/.exec(page) ?? []
    if (example === undefined || printed === undefined) throw new Error('docs/durability.md has no example')
    const folder = await mkdtemp(join(dist, '.doc-'))
    try {
      const { code } = await transform(example, { loader: 'ts', format: 'esm' })
      await writeFile(join(folder, 'example.mjs'), code)
      const env = { ...process.env, CATZILLA_ENGINE: engine }
      const options = { env, cwd: folder }
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, 'example.mjs')], options)
      expect(stderr).toBe('')
      expect(stdout).toBe(printed)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
