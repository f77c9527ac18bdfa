// What the rooms of the generator share: the variables in reach, how much work is left, and the taste of this program.
import type { Hint, ListKind, ViewKind } from '../program.ts'
import { isListKind, isViewKind } from '../program.ts'
import type { Random } from '../random.ts'

export interface Variable {
  readonly name: string
  readonly type: Hint
  readonly mutable: boolean
  /** A whole number of 0 … length - 1 of that view or text, where it is declared. */
  readonly indexOf?: string
}

export interface Callee {
  readonly name: string
  readonly parameters: readonly Hint[]
  readonly result: Hint
  /** It calls itself: its last parameter says how deep. */
  readonly recursive: boolean
}

/** What a program likes. Drawn once per program, so that a run has programs of every sort. */
export interface Taste {
  readonly integers: number
  readonly strings: number
  readonly views: number
  readonly lists: number
  readonly mathematics: number
  readonly records: number
  /** What people write and random trees seldom meet. */
  readonly idioms: number
  /** The share of expressions that may well bail: indexes out of range, throws, case mapping of any text. */
  readonly hazard: number
  /** Constructs of the second row of the subset too. */
  readonly secondRow: boolean
}

export interface Expressions {
  number(context: Context, depth: number): string
  string(context: Context, depth: number): string
  boolean(context: Context, depth: number): string
  list(context: Context, kind: ListKind, depth: number): string
}

export interface Features {
  /** Rows of the subset that programs are made of: 1, or 2 for both. */
  readonly row: 1 | 2
}

export class Context {
  readonly random: Random
  readonly taste: Taste
  readonly callees: Callee[] = []
  /** Of the function being written. */
  result: Hint | 'nothing' = 'number'
  /** How often the statement being written may run. */
  repeats = 1
  /** Statements that may still be written. */
  budget = 24
  readonly labels: { name: string; loop: boolean }[] = []
  loops = 0
  #scopes: Variable[][] = [[]]
  #names = 0
  readonly #expressions: Expressions

  constructor(random: Random, features: Features, expressions: Expressions) {
    this.random = random
    this.taste = drawTaste(random, features)
    this.#expressions = expressions
  }

  number(depth: number): string {
    return this.#expressions.number(this, depth - 1)
  }

  string(depth: number): string {
    return this.#expressions.string(this, depth - 1)
  }

  boolean(depth: number): string {
    return this.#expressions.boolean(this, depth - 1)
  }

  of(type: Hint, depth: number): string {
    if (type === 'number') return this.number(depth)
    if (type === 'string') return this.string(depth)
    if (type === 'boolean') return this.boolean(depth)
    if (isViewKind(type)) return this.view(type)
    if (isListKind(type)) return this.#expressions.list(this, type, depth - 1)
    return this.record(type.record, depth)
  }

  /** An object literal. */
  record(fields: Record<string, Hint>, depth: number): string {
    const entries = Object.entries(fields).map(([name, type]) => {
      const value = this.of(type, depth)
      return value === name ? name : `${name}: ${value}`
    })
    return `({ ${entries.join(', ')} })`
  }

  /** A view in reach, or a new one. */
  view(kind: ViewKind): string {
    const known = this.variables(kind)
    if (known.length > 0 && this.random.chance(0.8)) return this.random.pick(known).name
    return `new ${kind}(${this.random.between(1, 9)})`
  }

  hazard(): boolean {
    return this.random.chance(this.taste.hazard)
  }

  fresh(prefix: string): string {
    this.#names += 1
    return `${prefix}${this.#names}`
  }

  declare(variable: Variable): void {
    this.#scopes.at(-1)?.push(variable)
  }

  /** What `write` declares is gone after it. */
  inside<T>(write: () => T): T {
    this.#scopes.push([])
    const result = write()
    this.#scopes.pop()
    return result
  }

  /** A function of its own: nothing from outside is in reach. */
  apart<T>(write: () => T): T {
    const kept = { scopes: this.#scopes, repeats: this.repeats, budget: this.budget, result: this.result }
    const labels = this.labels.splice(0)
    const { loops } = this
    this.#scopes = [[]]
    this.loops = 0
    const result = write()
    this.#scopes = kept.scopes
    this.repeats = kept.repeats
    this.budget = kept.budget
    this.result = kept.result
    this.labels.push(...labels)
    this.loops = loops
    return result
  }

  /** Those in reach, without the ones that an inner one of the same name hides. */
  all(): Variable[] {
    const byName = new Map<string, Variable>()
    for (const scope of this.#scopes) for (const variable of scope) byName.set(variable.name, variable)
    return [...byName.values()]
  }

  variables(type: Hint, mutable = false): Variable[] {
    return this.all().filter((variable) => variable.type === type && (variable.mutable || !mutable))
  }

  /** Typed arrays in reach, those in fields too. */
  views(): Variable[] {
    return this.places().filter((variable) => isViewKind(variable.type))
  }

  /** Fields of records in reach, as expressions. */
  fields(type: Hint): string[] {
    return this.places().flatMap((place) => (place.type === type && place.name.includes('.') ? [place.name] : []))
  }

  /** Variables in reach and the fields of records, however deep. */
  places(): Variable[] {
    return this.all().flatMap((variable) => [variable, ...fieldsOf(variable)])
  }
}

function fieldsOf(record: Variable): Variable[] {
  if (typeof record.type !== 'object') return []
  return Object.entries(record.type.record).flatMap(([field, type]) => {
    const place = { name: `${record.name}.${field}`, type, mutable: record.mutable }
    return [place, ...fieldsOf(place)]
  })
}

function drawTaste(random: Random, features: Features): Taste {
  const secondRow = features.row === 2 && random.chance(0.5)
  return {
    integers: random.pick([0.2, 1, 1, 3]),
    strings: random.pick([0, 0.3, 1, 3]),
    views: random.pick([0, 0.5, 1, 2]),
    mathematics: random.pick([0, 0.3, 1]),
    records: random.pick([0, 0, 0, 1, 3]),
    hazard: random.pick([0, 0, 0.02, 0.2]),
    idioms: random.pick([0, 0, 0.5, 1]),
    lists: secondRow ? random.pick([0, 1, 1, 3]) : 0,
    secondRow,
  }
}
