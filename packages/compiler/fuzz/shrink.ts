// Makes a failure small: less text, fewer captures, simpler arguments, as long as it fails in the same way.
import { smallerTexts } from './edits.ts'
import { judge, type Failure, type Subject } from './oracle.ts'
import type { Program } from './program.ts'
import { isView, same } from './values.ts'

export interface Found {
  readonly program: Program
  readonly failure: Failure
}

export function shrink(found: Found, subject: Subject, milliseconds = 20_000): Found {
  const deadline = Date.now() + milliseconds
  let best = found
  const attempt = (program: Program, args: unknown[]): boolean => {
    const failure = failureOf(program, args, subject)
    if (failure?.kind !== best.failure.kind) return false
    best = { program, failure: { ...failure, args } }
    return true
  }
  for (;;) {
    const before = best
    for (const step of [fewerCaptures, fewerParameters, smallerBodies, smallerArguments]) {
      while (
        Date.now() < deadline &&
        step(best).some(({ program, args }) => Date.now() < deadline && attempt(program, args))
      );
    }
    if (best !== before && Date.now() < deadline) continue
    const source = best.program.source.replaceAll(/\n\s*(?=\n)/g, '')
    attempt({ ...best.program, source }, best.failure.args)
    return best
  }
}

interface Candidate {
  readonly program: Program
  readonly args: unknown[]
}

function failureOf(program: Program, args: unknown[], subject: Subject): Failure | undefined {
  try {
    const [prepared] = subject.prepare([program])
    return prepared === undefined ? undefined : judge(program, prepared, [args], true).failure
  } catch {
    // The text has become no function at all.
    return undefined
  }
}

function fewerCaptures({ program, failure: { args } }: Found): Candidate[] {
  return Object.keys(program.captures).map((left) => ({
    program: {
      ...program,
      captures: Object.fromEntries(Object.entries(program.captures).filter(([name]) => name !== left)),
    },
    args,
  }))
}

/** Without the last parameter, or the one of a name that occurs nowhere else. */
function fewerParameters({ program, failure: { args } }: Found): Candidate[] {
  const head = /^[^(]*\(([\w, ]*)\)/.exec(program.source)
  if (head === null || !head[1]) return []
  const names = head[1].split(', ')
  return names.flatMap((_, index) => {
    const without = <T>(items: readonly T[]) => items.filter((_item, at) => at !== index)
    const source = program.source.replace(`(${head[1]})`, () => `(${without(names).join(', ')})`)
    return [{ program: { ...program, source, types: without(program.types) }, args: without(args) }]
  })
}

function smallerBodies({ program, failure: { args } }: Found): Candidate[] {
  return [
    ...smallerTexts(program.source).map((source) => ({ program: { ...program, source }, args })),
    ...Object.entries(program.captures).flatMap(([name, capture]) =>
      typeof capture === 'object' && 'text' in capture
        ? smallerTexts(capture.text).map((text) => ({
            program: { ...program, captures: { ...program.captures, [name]: { text } } },
            args,
          }))
        : [],
    ),
  ]
}

function smallerArguments({ program, failure: { args } }: Found): Candidate[] {
  return args.flatMap((arg, index) =>
    smallerValues(arg)
      .filter((value) => !same(value, arg))
      .map((value) => ({ program, args: args.with(index, value) })),
  )
}

function smallerValues(value: unknown): unknown[] {
  if (typeof value === 'number') return simplerNumbers(value)
  if (typeof value === 'boolean') return value ? [false] : []
  if (typeof value === 'string') {
    const half = value.length >> 1
    return value === '' ? [] : ['', value.slice(0, half), value.slice(half), value.slice(1), value.slice(0, -1)]
  }
  if (isView(value)) {
    const shorter = value.length === 0 ? [] : [value.slice(0, value.length >> 1), value.slice(0, -1), value.slice(1)]
    const zeroed = Array.from(value.keys()).filter((at) => value[at] !== 0)
    return [...shorter, ...zeroed.map((at) => value.with(at, 0))]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, field]) =>
    smallerValues(field).map((inner) => ({ ...value, [name]: inner })),
  )
}

/** Each is simpler than the value, so that this ends. */
function simplerNumbers(value: number): number[] {
  const order = [0, 1, -1, 2, 0.5, -0]
  const rank = order.findIndex((each) => Object.is(each, value))
  if (rank >= 0) return order.slice(0, rank)
  const shorter = [Math.trunc(value), Math.trunc(value / 2), Number(value.toPrecision(3))]
  return [
    ...order,
    ...shorter.filter((each) => Math.abs(each) < Math.abs(value) && String(each).length <= String(value).length),
  ]
}
