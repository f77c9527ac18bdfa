// node search.ts TIER SEED PROGRAMS: looks for anything that is not as in V8, and ends with the first: a few random programs,
// those that were written or kept for certain ideas, then more random ones.
import { keptCases } from '../corpus.ts'
import { directed, inputsFor } from '../directed.ts'
import { judge } from '../oracle.ts'
import type { Program } from '../program.ts'
import { runSession } from '../session.ts'
import { openSubject } from '../subjects/open-subject.ts'

/** Most are found at once; a long search is for those that no test finds either. */
const AT_FIRST = 300
const BATCH = 25

const [tier = '1', seed = '11', programs = '3000'] = process.argv.slice(2)
const subject = openSubject(tier === '2' ? 2 : 1)
const most = Number(programs)

console.log('searching')
console.log(answer())

function answer(): string {
  return randomly(0, Math.min(AT_FIRST, most)) ?? byTest() ?? randomly(AT_FIRST, most) ?? `MISSED in ${most}`
}

function randomly(from: number, until: number): string | undefined {
  for (let first = from; first < until; first += BATCH) {
    const count = Math.min(BATCH, until - first)
    const { failures } = runSession(
      { seed: Number(seed), first, count, batch: BATCH, inputs: 30, features: { row: 2 } },
      subject,
    )
    const [found] = failures
    if (found !== undefined) return `found in ${found.index + 1}`
  }
  return undefined
}

function byTest(): string | undefined {
  const cases: [name: string, program: Program, inputs: unknown[][]][] = [
    ...Object.entries(directed).map(([name, program]): [string, Program, unknown[][]] => {
      return [name, program, inputsFor(program)]
    }),
    ...keptCases().map(({ file, program, inputs }): [string, Program, unknown[][]] => [file, program, inputs]),
  ]
  for (const [name, program, inputs] of cases) {
    const [prepared] = subject.prepare([program])
    if (prepared !== undefined && judge(program, prepared, inputs).failure !== undefined) return `found by '${name}'`
  }
  return undefined
}
