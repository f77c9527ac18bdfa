// The first block of the README runs, and prints what the README says.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** The first block of a language. */
function blockOf(text: string, language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? ''
}

test('the first block of the README prints what stands below it', async () => {
  const packageRoot = join(import.meta.dirname, '..')
  const readme = await readFile(join(packageRoot, 'README.md'), 'utf8')
  const folder = await mkdtemp(join(tmpdir(), 'catzilla-workflow-readme-'))
  const outfile = join(folder, 'readme.mjs')
  try {
    await build({
      stdin: { contents: blockOf(readme, 'ts'), resolveDir: import.meta.dirname, loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@catzilla/source'],
      logLevel: 'error',
    })
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile])
    expect(stderr).toBe('')
    expect(stdout).toBe(blockOf(readme, 'text'))
  } finally {
    await rm(folder, { recursive: true })
  }
})
