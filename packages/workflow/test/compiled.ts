// Compiles fixtures with decorators, which this Node does not have.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const outdir = mkdtempSync(join(tmpdir(), 'catzilla-workflow-test-'))
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }))

/** The path of the compiled fixture, which holds everything that it imports. */
export async function compiled(fixture: string): Promise<string> {
  const outfile = join(outdir, fixture.replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [join(import.meta.dirname, 'fixtures', fixture)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    // the packages' sources, as everywhere in the tests
    conditions: ['@catzilla/source'],
    logLevel: 'silent',
  })
  return outfile
}

/** The compiled fixture as a module of this process. */
export async function importCompiled<M>(fixture: string): Promise<M> {
  return (await import(/* @vite-ignore */ pathToFileURL(await compiled(fixture)).href)) as M
}
