// A body with what it takes from its surroundings, as one expression of JavaScript that stands alone.
import { freeNames } from './free-names.ts'

export function textOfBody(source: string, captures: Readonly<Record<string, unknown>>): string {
  const declared = neededBy(source, captures).map((name) => `const ${name} = ${textOf(captures[name])}\n`)
  return `(() => { 'use strict'\n${declared.join('')}return ${expressionOf(source)}\n})()`
}

/** Captures that a function takes, and those that functions among them take in turn. */
export function neededBy(source: string, captures: Readonly<Record<string, unknown>>): string[] {
  const needed = new Set<string>()
  const visit = (text: string): void => {
    for (const name of freeNames(text)) {
      if (needed.has(name) || !Object.hasOwn(captures, name)) continue
      needed.add(name)
      const inner = sourceOf(captures[name])
      if (inner !== undefined) visit(inner)
    }
  }
  visit(source)
  return [...needed]
}

/** Of a captured function. */
export function sourceOf(value: unknown): string | undefined {
  const isText = typeof value === 'object' && value !== null && 'source' in value && typeof value.source === 'string'
  return isText ? (value.source as string) : undefined
}

/** Methods and getters are not handed to tasks by themselves: what is left can stand in brackets. */
function expressionOf(source: string): string {
  return `(${source}\n)`
}

function textOf(value: unknown): string {
  const source = sourceOf(value)
  if (source !== undefined) return expressionOf(source)
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${textOf(field)}`)
  return `Object.freeze({ ${fields.join(', ')} })`
}
