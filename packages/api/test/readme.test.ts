// The code of the README runs, and prints what the README says.
import { build } from 'esbuild'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { nativeMissing } from './engines.ts'

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)))
const root = dirname(dirname(packageRoot))

/** The blocks of a language, in their order. */
function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block ?? '')
}

/**
 * What a block prints, in a process of its own.
 * @param place where it finds optional packages, as installed ones are found: that of the engine has the C engine
 */
async function printedBy(
  code: string,
  environment: Readonly<Record<string, string>>,
  place: string = 'packages/engine/node_modules',
): Promise<string> {
  const folder = await mkdtemp(join(root, place, '.readme-'))
  const outfile = join(folder, 'readme.mjs')
  try {
    await build({
      stdin: { contents: code, resolveDir: join(packageRoot, 'test'), loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@catzilla/source'],
      external: ['prom-client'],
      alias: { '@catzilla/api': join(packageRoot, 'src/index.ts') },
      logLevel: 'error',
    })
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile], {
      env: { ...process.env, ...environment },
    })
    expect(stderr).toBe('')
    return stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

const readme = await readFile(join(root, 'README.md'), 'utf8')

test.each([
  ['first', 0, {}],
  ['second', 1, {}],
  ['third', 2, { CATZILLA_ENGINE: nativeMissing === undefined ? 'native' : 'auto' }],
  ['third, without the C engine,', 2, { CATZILLA_NATIVE: 'off', CATZILLA_ENGINE: 'auto' }],
])('the %s block of the README prints what stands below it', async (_, index, environment) => {
  const [code, printed] = [blocksOf(readme, 'ts')[index], blocksOf(readme, 'text')[index]]
  if (code === undefined || printed === undefined) throw new Error(`README.md has no block ${index + 1}`)
  expect(await printedBy(code, environment)).toBe(printed)
})

test('the block of the README of the monitor prints what stands below it', async () => {
  const text = await readFile(join(root, 'packages/monitor/README.md'), 'utf8')
  const [[code], [printed]] = [blocksOf(text, 'ts'), blocksOf(text, 'text')]
  // a package finds itself by its name
  expect(await printedBy(code ?? '', { CATZILLA_ENGINE: 'typescript' }, 'packages/monitor/dist')).toBe(printed)
})
