// V8 says what a program does; a subject has to do the same, bit for bit, or give up.
import { runInThisContext } from 'node:vm'
import { recording, type Lines } from './console.ts'
import { evaluate, type Program } from './program.ts'
import { copiedArguments, same } from './values.ts'

export interface Blocker {
  readonly code: string
  readonly message: string
}

export type Outcome = { readonly bailed: string } | { readonly value: unknown; readonly lines?: Lines }

type Run = (...args: unknown[]) => unknown

export interface Runnable {
  readonly run: (args: unknown[]) => Outcome
  /** Arrays that it writes to are the caller's own. */
  readonly writesBack: boolean
}

/** A program made ready: it runs, or the subject says why it does not. */
export type Prepared = Runnable | { readonly blockers: readonly Blocker[] } | { readonly broken: string }

/** What is compared with V8. Several programs at a time, because one shared object holds many. */
export interface Subject {
  readonly name: string
  readonly prepare: (programs: readonly Program[]) => Prepared[]
}

export interface Failure {
  readonly kind: 'mismatch' | 'missed throw' | 'arguments changed' | 'broken'
  readonly args: unknown[]
  readonly expected: unknown
  readonly actual: unknown
}

export interface Verdict {
  readonly blockers: readonly Blocker[]
  readonly equal: number
  readonly threw: number
  readonly bails: Readonly<Record<string, number>>
  readonly failure?: Failure
}

/** What V8 made of one call. */
type Expected = { readonly value: unknown; readonly args: unknown[] } | { readonly threw: unknown } | 'endless'

export function judge(program: Program, prepared: Prepared, inputs: readonly unknown[][], watched = false): Verdict {
  const nothing = { blockers: [], equal: 0, threw: 0, bails: {} }
  if ('broken' in prepared) {
    return { ...nothing, failure: { kind: 'broken', args: [], expected: undefined, actual: prepared.broken } }
  }
  if ('blockers' in prepared) return { ...nothing, blockers: prepared.blockers }
  const reference = referenceOf(program)
  if (reference === undefined) return nothing
  if (typeof reference === 'string') {
    return { ...nothing, failure: { kind: 'broken', args: [], expected: reference, actual: 'it was compiled' } }
  }
  return judgeCalls(reference, prepared, inputs, watched)
}

/** The calls alone, against a function that is there. */
export function judgeCalls(reference: Run, prepared: Runnable, inputs: readonly unknown[][], watched = false): Verdict {
  const bails: Record<string, number> = {}
  let equal = 0
  let threw = 0
  for (const args of inputs) {
    // from outside of what may be cut off in the middle
    const { result: expected, lines } = recording(() => (watched ? watchedCall : call)(reference, args))
    if (expected === 'endless') continue
    const given = copiedArguments(args)
    const outcome = prepared.run(given)
    const failure =
      compared(args, given, expected, outcome, prepared.writesBack) ?? comparedLines(args, lines, expected, outcome)
    if (failure !== undefined) return { blockers: [], equal, threw, bails, failure }
    if ('threw' in expected) threw += 1
    if ('bailed' in outcome) bails[outcome.bailed] = (bails[outcome.bailed] ?? 0) + 1
    else equal += 1
  }
  return { blockers: [], equal, threw, bails }
}

/** V8's function, or why V8 has none; neither when the text needs something that is not here. */
function referenceOf(program: Program): Run | string | undefined {
  try {
    const reference: unknown = evaluate(program)
    if (typeof reference === 'function' && /^class\b/.test(String(reference))) return undefined
    return typeof reference === 'function' ? (reference as Run) : 'no function'
  } catch (error) {
    return error instanceof SyntaxError ? String(error) : undefined
  }
}

function compared(
  args: unknown[],
  given: unknown[],
  expected: Exclude<Expected, 'endless'>,
  outcome: Outcome,
  writesBack: boolean,
): Failure | undefined {
  if ('bailed' in outcome) {
    // JavaScript runs now, on what it was given.
    if (same(given, args)) return undefined
    return { kind: 'arguments changed', args, expected: args, actual: given }
  }
  if ('threw' in expected) return { kind: 'missed throw', args, expected: expected.threw, actual: outcome.value }
  if (!same(outcome.value, expected.value)) {
    return { kind: 'mismatch', args, expected: expected.value, actual: outcome.value }
  }
  // Compiled code writes to copies of its own.
  const left = writesBack ? expected.args : args
  if (!same(given, left)) return { kind: 'arguments changed', args, expected: left, actual: given }
  return undefined
}

/** What was written to the console, by a call that counts. */
function comparedLines(args: unknown[], lines: Lines, expected: Expected, outcome: Outcome): Failure | undefined {
  if (!('value' in outcome) || expected === 'endless' || same(outcome.lines ?? lines, lines)) return undefined
  return { kind: 'mismatch', args, expected: lines, actual: outcome.lines }
}

function call(reference: Run, args: unknown[]): Expected {
  const own = copiedArguments(args)
  try {
    return { value: reference(...own), args: own }
  } catch (error) {
    return { threw: error }
  }
}

/** For programs that nobody proved to end, such as those the shrinker makes. */
function watchedCall(reference: Run, args: unknown[]): Expected {
  const holder = globalThis as { catzillaFuzzCall?: () => Expected }
  holder.catzillaFuzzCall = () => call(reference, args)
  try {
    return runInThisContext('catzillaFuzzCall()', { timeout: 100 }) as Expected
  } catch {
    return 'endless'
  } finally {
    delete holder.catzillaFuzzCall
  }
}
