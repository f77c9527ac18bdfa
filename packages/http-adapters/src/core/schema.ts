// The part of JSON Schema that bodies and queries of the routes are described in. One description is checked here and
// shown in the OpenAPI document, so the two cannot say different things.

export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array'
  readonly description?: string
  readonly enum?: readonly (string | number)[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  /** Named in the document, and written there once. */
  readonly $ref?: string
  /** Accepted when one of these accepts it. */
  readonly anyOf?: readonly Schema[]
}

export interface Issue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Issues that are told: a small body can have a hundred thousand, and an answer that named them all would be its many-fold. */
export const MOST_ISSUES = 50

/** What is wrong with `value`, the first of it where it is much; empty when nothing is. */
export function issuesOf(schema: Schema, value: unknown, path: Issue['path'] = []): Issue[] {
  const issues: Issue[] = []
  collect(schema, value, [...path], issues)
  return issues
}

/**
 * Every request comes through here: nothing is made unless something is wrong.
 * @param path grows and shrinks as the value is walked through
 */
function collect(schema: Schema, value: unknown, path: (string | number)[], issues: Issue[]): void {
  if (issues.length >= MOST_ISSUES) return
  const { anyOf, items } = schema
  if (anyOf !== undefined) {
    const answers = anyOf.map((option) => issuesOf(option, value, path))
    if (answers.every((found) => found.length > 0)) issues.push(...(answers[0] ?? []))
    return
  }
  const wrong = wrongType(schema, value) ?? wrongValue(schema, value)
  if (wrong !== undefined) issues.push({ path: [...path], message: wrong })
  else if (Array.isArray(value)) {
    if (items !== undefined) value.forEach((item, index) => collectBelow(items, item, index, path, issues))
  } else if (schema.type === 'object') collectOfObject(schema, value as Record<string, unknown>, path, issues)
}

function collectBelow(
  schema: Schema,
  value: unknown,
  step: string | number,
  path: (string | number)[],
  issues: Issue[],
): void {
  path.push(step)
  collect(schema, value, path, issues)
  path.pop()
}

function collectOfObject(
  { properties = {}, required, additionalProperties = true }: Schema,
  value: Readonly<Record<string, unknown>>,
  path: (string | number)[],
  issues: Issue[],
): void {
  for (const name of required ?? []) {
    if (!Object.hasOwn(value, name)) issues.push({ path: [...path, name], message: 'is missing' })
  }
  for (const name of Object.keys(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (issues.length >= MOST_ISSUES) return
    if (property !== undefined) collectBelow(property, value[name], name, path, issues)
    else if (!additionalProperties) {
      const known = Object.keys(properties).join(', ')
      issues.push({ path: [...path, name], message: `is not known here; known are ${known}` })
    }
  }
}

function wrongType({ type }: Schema, value: unknown): string | undefined {
  if (type === undefined || isOfType(type, value)) return undefined
  const article = /^[aio]/.test(type) ? 'an' : 'a'
  return `must be ${article} ${type}`
}

function isOfType(type: NonNullable<Schema['type']>, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  if (type === 'integer') return Number.isSafeInteger(value)
  return typeof value === type
}

function wrongValue(schema: Schema, value: unknown): string | undefined {
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    return `must be one of ${schema.enum.join(', ')}`
  }
  if (typeof value === 'number') return outside(value, schema.minimum, schema.maximum, 'must be', '')
  if (typeof value === 'string') {
    return outside(value.length, schema.minLength, schema.maxLength, 'must have', ' characters')
  }
  if (Array.isArray(value)) return outside(value.length, schema.minItems, schema.maxItems, 'must have', ' items')
  return undefined
}

function outside(
  value: number,
  min: number | undefined,
  max: number | undefined,
  must: string,
  what: string,
): string | undefined {
  if (min !== undefined && value < min) return `${must} at least ${min}${what}`
  if (max !== undefined && value > max) return `${must} at most ${max}${what}`
  return undefined
}

/** A query as its schemas want it: numbers and flags are read, lists are split at commas; what is left out gets its default. */
export function readQuery(
  schemas: Readonly<Record<string, Schema>>,
  text: string,
): { values: Record<string, unknown>; issues: Issue[] } {
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(schemas)) if ('default' in schema) values[name] = schema.default
  if (text === '') return { values, issues: [] }
  const issues: Issue[] = []
  for (const [name, raw] of new URLSearchParams(text)) {
    if (issues.length >= MOST_ISSUES) break
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
    if (schema === undefined) {
      const known = Object.keys(schemas).join(', ') || 'none'
      issues.push({ path: [name], message: `is no parameter here; known are ${known}` })
      continue
    }
    const value = readParameter(schema, raw)
    issues.push(...issuesOf(schema, value, [name]))
    values[name] = value
  }
  return { values, issues }
}

function readParameter({ type }: Schema, raw: string): unknown {
  if (type === 'array') return raw === '' ? [] : raw.split(',')
  if (type === 'boolean') return raw === 'true' ? true : raw === 'false' ? false : raw
  // '' and ' ' are no numbers, though Number() says 0
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw
  return raw
}
