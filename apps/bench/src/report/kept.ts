// Where results are kept: in apps/bench/out as they come, in docs/benchmarks once they are published.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pagesOf } from './pages.ts'
import type { Report } from './report.ts'

// the bundle lies in apps/bench/dist
const outFolder = new URL('../out/', import.meta.url)
const repository = new URL('../../../', import.meta.url)

/** The name of the file, from the root of the repository. */
export function keptFile({ quick }: Pick<Report, 'quick'>): string {
  return `apps/bench/out/${quick ? 'quick' : 'latest'}.json`
}

export function keepResults(report: Report): void {
  mkdirSync(outFolder, { recursive: true })
  writeFileSync(new URL(report.quick ? 'quick.json' : 'latest.json', outFolder), jsonOf(report))
}

/** Writes the results, their pages and charts, and the table of the README. Gives the names of the files. */
export async function publish(report: Report): Promise<string[]> {
  const readme = readFileSync(new URL('README.md', repository), 'utf8')
  const files = { 'docs/benchmarks/results.json': jsonOf(report), ...(await pagesOf(report, readme)) }
  // charts of scenarios that are no more
  rmSync(new URL('docs/benchmarks/charts/', repository), { recursive: true, force: true })
  for (const [name, text] of Object.entries(files)) {
    const path = fileURLToPath(new URL(name, repository))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return Object.keys(files)
}

function jsonOf(report: Report): string {
  return `${JSON.stringify(report, undefined, 1)}\n`
}
