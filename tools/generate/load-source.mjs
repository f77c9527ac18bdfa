// Imports a TypeScript source for a generator, bundled, since generators run before anything is built.
import { build } from 'esbuild'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The exports of the module at `path`, from the root of the repository. */
export async function loadSource(path) {
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-generate-'))
  const outfile = join(folder, 'source.mjs')
  try {
    await build({
      entryPoints: [path],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@catzilla/source'],
      logLevel: 'error',
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
