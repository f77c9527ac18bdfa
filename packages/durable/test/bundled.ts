// A program of these tests as one file, for processes of their own.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

const home = dirname(fileURLToPath(import.meta.url))

/** The path of the bundle, which is removed after the test. It lies below the package, so that its dependencies are found. */
export async function bundled(program: string): Promise<string> {
  const outfile = join(home, '../node_modules/.cache', `${program}-${process.pid}.mjs`)
  onTestFinished(() => rmSync(outfile, { force: true }))
  await build({
    entryPoints: [join(home, `${program}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@catzilla/source'],
    external: ['lmdb', 'msgpackr', '@catzilla/core-c'],
  })
  return outfile
}
