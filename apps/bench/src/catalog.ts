// All that can be measured, by name: comparisons, then targets.
import { contenders } from './contenders/catalog.ts'
import type { Contender } from './contenders/contender.ts'
import { UsageError } from './command-line.ts'
import { scenarios } from './scenarios/catalog.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { sections } from './targets/catalog.ts'

/** What one run measures. */
export interface Plan {
  readonly comparisons: readonly Scenario[]
  readonly contenders: readonly Contender[]
  /** Names of sections of targets. */
  readonly targets: readonly string[]
  /** Everything there is, with everybody. */
  readonly full: boolean
}

/** @throws UsageError for a name that there is not */
export function planOf(askedScenarios: readonly string[], askedContenders: readonly string[]): Plan {
  const targetNames = Object.keys(sections)
  const kinds = new Map([
    ['comparisons', scenarios.map(({ name }) => name)],
    ['targets', targetNames],
  ])
  const isAsked = (name: string): boolean =>
    askedScenarios.length === 0 ||
    askedScenarios.some((asked) => isMeant(name, asked, ':') || kinds.get(asked)?.includes(name) === true)
  const everything = [...scenarios.map(({ name }) => name), ...targetNames]
  refuseUnknown('scenario', askedScenarios, [...everything, ...kinds.keys()], ':')
  const everybody = contenders.map(({ name }) => name)
  refuseUnknown('contender', askedContenders, everybody, '/')
  // who asks for contenders asks for comparisons
  const targets = askedContenders.length > 0 && askedScenarios.length === 0 ? [] : targetNames.filter(isAsked)
  return {
    comparisons: scenarios.filter(({ name }) => isAsked(name)),
    contenders: contenders.filter(
      ({ name }) => askedContenders.length === 0 || askedContenders.some((asked) => isMeant(name, asked, '/')),
    ),
    targets,
    full: everything.every(isAsked) && askedContenders.length === 0,
  }
}

/** `native` means all of `native:…`, and itself. */
function isMeant(name: string, asked: string, separator: string): boolean {
  return name === asked || name.startsWith(asked.endsWith(separator) ? asked : `${asked}${separator}`)
}

function refuseUnknown(kind: string, asked: readonly string[], known: readonly string[], separator: string): void {
  const unknown = asked.filter((each) => !known.some((name) => isMeant(name, each, separator)))
  if (unknown.length > 0) {
    throw new UsageError(`there is no ${kind} named ${unknown.join(', ')}. There are: ${known.join(', ')}`)
  }
}

/** What `--list` prints. */
export function listing(): string {
  const width = Math.max(...contenders.map(({ name }) => name.length), ...scenarios.map(({ name }) => name.length))
  const people = contenders.map(({ name, where, about, missing }) => {
    const reason = missing?.()
    const what = [where, about].filter((each) => each !== undefined).join('; ')
    return `  ${name.padEnd(width)}  ${what}${reason === undefined ? '' : `\n  ${''.padEnd(width)}  NOT HERE: ${reason}`}`
  })
  return [
    'Comparisons:',
    ...scenarios.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`),
    '',
    'Contenders:',
    ...people,
    '',
    'Targets:',
    ...Object.keys(sections).map((name) => `  ${name}`),
    '',
  ].join('\n')
}
