// The suite as it is published, bundled, run by node:test: what a stranger who writes an engine gets.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const dist = new URL('../dist/', import.meta.url)
const built = existsSync(new URL('conformance.js', dist))

test.skipIf(!built)(
  'accepts the built TypeScript engine (skipped where nothing is built)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'catzilla-suite-'))
    const script = join(folder, 'suite.mjs')
    const from = (file: string): string => JSON.stringify(new URL(file, dist).href)
    await writeFile(
      script,
      `import { describeEngine } from ${from('conformance.js')}
import { createTypeScriptEngine } from ${from('index.js')}
describeEngine('typescript', (options) => createTypeScriptEngine(options))
`,
    )
    try {
      // a child of a test must not report to the runner of its parent
      const { NODE_TEST_CONTEXT: _, ...env } = process.env
      const run = promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', script], {
        env,
        maxBuffer: 2 ** 26,
      })
      const { stdout } = await run.catch((error: { stdout: string }) => error)
      expect(stdout.match(/^ *not ok .*/gm) ?? []).toEqual([])
      expect(stdout).toMatch(/^# pass 3\d\d$/m)
    } finally {
      await rm(folder, { recursive: true })
    }
  },
  300_000,
)
