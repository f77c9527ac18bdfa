// What the user asked `npm run bench` for.
import { parseArgs } from 'node:util'
import type { ClockName } from './measure.ts'

export const usage = `npm run bench -- [options] [scenario …]

Compares our lanes with what a user would take instead, and measures the targets of the project.

--scenario NAME    only this one, or all whose names begin with NAME: (such as native:); may be given several times.
                   "comparisons" and "targets" are all of a kind
--contender NAME   comparisons with this one only, or with all whose names begin with NAME/; may be given several times
--quick            a short run, whose figures say little
--json             JSON on stdout, instead of tables
--list             the scenarios and the contenders, and who cannot take part here and why
--publish          writes the pages of docs/benchmarks and the table of the README from this run. A full run by the wall
                   clock does so by itself
--cpu              targets by CPU time of the process, for a machine that others use too
--help             prints this

Every run keeps its results as they come in apps/bench/out/latest.json (quick.json). Without a scenario everything runs.
`

export interface Asked {
  readonly command: 'help' | 'list' | 'run'
  readonly quick: boolean
  readonly json: boolean
  readonly publish: boolean
  readonly clock: ClockName
  readonly scenarios: readonly string[]
  readonly contenders: readonly string[]
}

/** The user asked for something there is not. */
export class UsageError extends Error {}

const options = {
  scenario: { type: 'string', multiple: true, default: [] as string[] },
  contender: { type: 'string', multiple: true, default: [] as string[] },
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  cpu: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** @throws UsageError naming the argument that is not understood */
export function parseCommandLine(argv: readonly string[]): Asked {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true })
    const { quick, json, publish, cpu, contender, scenario } = values
    if (publish && (cpu || contender.length > 0)) {
      throw new Error('--publish is for figures by the wall clock of all contenders')
    }
    return {
      command: values.help ? 'help' : values.list ? 'list' : 'run',
      quick,
      json,
      publish,
      clock: cpu ? 'cpu' : 'wall',
      scenarios: [...scenario, ...positionals],
      contenders: contender,
    }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new UsageError(`${message}. See "npm run bench -- --help".`, { cause: thrown })
  }
}
