// A program of these tests as one file, for processes of their own.
import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** Below the package, so that its dependencies are found, and the file of its thread. */
const cache = join(import.meta.dirname, '../node_modules/.cache')

/** @param program a source below the package */
export async function bundled(program: string): Promise<{ readonly path: string; remove(): void }> {
  const path = join(cache, `${basename(program, '.ts')}-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`)
  await build({
    entryPoints: [join(import.meta.dirname, '..', program)],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@catzilla/source'],
    external: ['bullmq', 'ioredis', 'pg', '@catzilla/core-c', '@opentelemetry/*'],
  })
  return { path, remove: () => rmSync(path, { force: true }) }
}
