// Compiles fixtures for what cannot run them as they are: decorators in this Node, and child processes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const outdir = mkdtempSync(join(tmpdir(), 'catzilla-fixtures-'))
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }))

/**
 * The path of the compiled fixture, which holds everything that it imports.
 *
 * @param path of its source
 */
export async function compiledFixture(path: string): Promise<string> {
  const outfile = join(outdir, basename(path).replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [path],
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
export async function importCompiledFixture<M>(path: string): Promise<M> {
  return (await import(/* @vite-ignore */ pathToFileURL(await compiledFixture(path)).href)) as M
}
