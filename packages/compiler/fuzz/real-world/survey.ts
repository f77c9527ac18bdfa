// Which functions of a package compile, for which arguments, and whether they then do what they do in V8.
import { judgeCalls, type Prepared } from '../oracle.ts'
import type { Hint } from '../program.ts'
import { Random } from '../random.ts'
import { compiledText, opened } from '../subjects/interpreted.ts'
import { randomArguments } from '../values.ts'
import { corePrograms } from '../core-programs.ts'
import { tuples, type RealFunction } from './functions.ts'

export interface Survey {
  functions: number
  /** Those that compile for some arguments and answer calls with them. */
  eligible: string[]
  /** The rest, with why: what blocks the tuple of hints that blocks last. */
  blocked: Record<string, string>
  calls: number
  equal: number
  failures: { name: string; types: readonly Hint[]; failure: unknown }[]
}

const mostParameters = 6
const mostTried = 400
/** Of those with which a function answers. */
const mostTuples = 4
const bailsAlways = 'it bails in all calls'

export function survey(functions: readonly RealFunction[], calls: number): Survey {
  const result: Survey = { functions: functions.length, eligible: [], blocked: {}, calls: 0, equal: 0, failures: [] }
  for (const each of functions) note(each, calls, result)
  return result
}

function note(each: RealFunction, calls: number, result: Survey): void {
  const arity = parametersOf(each)
  const all = tuples(each.hints, Math.min(arity, mostParameters)).slice(0, mostTried)
  let answering = 0
  let blocker = bailsAlways
  for (const types of all) {
    if (answering >= mostTuples) break
    const prepared = prepare(each, types)
    if ('blockers' in prepared) {
      blocker = plainer(blocker, prepared.blockers.map(({ code, message }) => `${code} ${message}`).join('; '))
      continue
    }
    const inputs = argumentsOf(types, calls)
    const { equal, failure } =
      'broken' in prepared ? { equal: 0, failure: prepared.broken } : judgeCalls(each.body, prepared, inputs, true)
    result.calls += calls
    result.equal += equal
    if (equal > 0) answering += 1
    if (failure !== undefined) result.failures.push({ name: each.name, types, failure })
  }
  if (answering > 0) result.eligible.push(each.name)
  else result.blocked[each.name] = blocker
}

/** Of two reasons the one that has less to do with arguments of the wrong type. */
function plainer(before: string, reason: string): string {
  const strange = (text: string) => text.match(/of an? (?:number|Float64Array|array[a-z ]*)|of undefined/g)?.length ?? 0
  return before === bailsAlways || strange(reason) < strange(before) ? reason : before
}

function prepare(each: RealFunction, types: readonly Hint[]): Prepared {
  const answer = compiledText(each.body.toString(), types, { ...each.captures })
  return 'ok' in answer ? opened(corePrograms(), answer) : answer
}

/** Parameters with defaults do not count in `length`. */
function parametersOf({ body }: RealFunction): number {
  const head = /^[^(]*\(([^)]*)\)/.exec(body.toString())?.[1] ?? ''
  return head.trim() === '' ? 0 : head.split(',').length
}

function argumentsOf(types: readonly Hint[], calls: number): unknown[][] {
  const random = new Random(types.length + 1)
  return Array.from({ length: calls }, () => {
    const shape = random.pick([(x: number) => x, Math.abs, (x: number) => Math.abs(x) % 1])
    return randomArguments(random, types).map((value) => {
      if (typeof value === 'number') return shape(value)
      if (!(value instanceof Float64Array)) return value
      // Matrices have up to 16 elements.
      const length = random.chance(0.7) ? Math.max(value.length, 16) : value.length
      return Float64Array.from({ length }, (_, index) => shape(value[index] ?? random.real() * 4 - 2))
    })
  })
}
