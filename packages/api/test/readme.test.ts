// The code of the README runs, and prints what the README says.
import { build } from 'esbuild'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)))
const root = dirname(dirname(packageRoot))

function blockOf(text: string, language: string): string {
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1]
  if (block === undefined) throw new Error(`README.md has no ${language} block`)
  return block
}

test('the first block of the README prints what stands below it', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const folder = await mkdtemp(join(tmpdir(), 'catzilla-readme-'))
  const outfile = join(folder, 'readme.mjs')
  try {
    await build({
      stdin: { contents: blockOf(readme, 'ts'), resolveDir: join(packageRoot, 'test'), loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@catzilla/source'],
      alias: { '@catzilla/api': join(packageRoot, 'src/index.ts') },
      logLevel: 'error',
    })
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile])
    expect(stderr).toBe('')
    expect(stdout).toBe(blockOf(readme, 'text'))
  } finally {
    await rm(folder, { recursive: true })
  }
})
