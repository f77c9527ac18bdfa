// Failures that were found once, as small as they could be made, in corpus/*.json. They are run again for ever.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Program } from './program.ts'
import type { Found } from './shrink.ts'
import { decodedArguments, encodedArguments } from './values.ts'

export interface KeptCase {
  readonly file: string
  readonly about: string
  readonly program: Program
  readonly inputs: unknown[][]
}

interface CaseJson extends Program {
  readonly about: string
  readonly inputs: unknown[][]
}

const folder = join(import.meta.dirname, 'corpus')

export function keptCases(): KeptCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const json = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CaseJson
      const { about, source, types, captures, inputs } = json
      return { file, about, program: { source, types, captures }, inputs: inputs.map(decodedArguments) }
    })
}

/** The text of a case, to be kept or shown. */
export function caseText(about: string, { program, failure }: Found): string {
  const json: CaseJson = { about, ...program, inputs: [encodedArguments(failure.args)] }
  const lines = Object.entries(json).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

export function keep(path: string, about: string, found: Found): void {
  writeFileSync(path, caseText(about, found))
}
