// What is known of a body besides its text: what it takes from its surroundings, the types of its arguments, and what was
// compiled of it when the application was built.
import { TaskDefinitionError, arrayTypeNames, describeValue } from '@catzilla/engine'
import type { ArgumentType, BodyFacts, Prebuilt, TaskHandler } from '@catzilla/engine'
import type { TaskConfig } from './task-config.ts'

/**
 * What the build door of the compiler leaves: on a function, or under the same key on `globalThis` for functions that are
 * found by their text. It holds all that is needed, so that the compiler need not be installed where the application runs.
 */
interface PrebuiltMark {
  /** Undefined: it has nothing of such a function. */
  factsOf(body: TaskHandler, captures: TaskConfig['captures']): MarkFacts | undefined
}

interface MarkFacts {
  prebuilt(core: object): Prebuilt
  /** By the names in the function's text, as far as it was built with them. */
  captures?(): Readonly<Record<string, unknown>>
}

const markKey = Symbol.for('@catzilla/prebuilt')

/**
 * Undefined where nothing is known.
 * @throws TaskDefinitionError when `captures` or `signature` is no such thing
 */
export function factsOf(name: string, body: TaskHandler, config: TaskConfig): BodyFacts | undefined {
  const { captures, signature } = config
  if (captures !== undefined && !isRecord(captures)) {
    throw new TaskDefinitionError(
      `task '${name}': captures is an object with the names that the body takes from outside and what they are, such as { rate }, got ${describeValue(captures)}`,
    )
  }
  if (signature !== undefined) requireSignature(name, signature)
  const mark = markOf(body) ?? markOf(globalThis)
  const built = mark?.factsOf(body, captures)
  if (captures === undefined && signature === undefined && built === undefined) return undefined
  const given = captures === undefined ? capturesOf(built) : () => captures
  return Object.freeze({
    ...(given === undefined ? {} : { captures: given }),
    ...(signature === undefined ? {} : { signature }),
    ...(built === undefined ? {} : { prebuilt: (core: object) => built.prebuilt(core) }),
  })
}

function capturesOf(built: MarkFacts | undefined): BodyFacts['captures'] {
  return built?.captures === undefined ? undefined : () => built.captures?.() ?? {}
}

function markOf(holder: object): PrebuiltMark | undefined {
  const mark: unknown = Reflect.get(holder, markKey)
  const isMark = typeof mark === 'object' && mark !== null && 'factsOf' in mark && typeof mark.factsOf === 'function'
  return isMark ? (mark as PrebuiltMark) : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function requireSignature(name: string, signature: unknown): void {
  const wrong = Array.isArray(signature) ? signature.findIndex((each) => !isArgumentType(each)) : 0
  if (wrong < 0) return
  const got = Array.isArray(signature)
    ? `signature[${wrong}] is ${describeValue(signature[wrong])}`
    : describeValue(signature)
  throw new TaskDefinitionError(
    `task '${name}': signature is a list with the type of each argument: 'number', 'string', 'boolean', ${arrayTypeNames.map((each) => `'${each}'`).join(', ')} or { record: { field: type } }; ${got}`,
  )
}

function isArgumentType(type: unknown): type is ArgumentType {
  if (typeof type === 'string') return ['number', 'string', 'boolean', ...arrayTypeNames].includes(type)
  return isRecord(type) && isRecord(type['record']) && Object.values(type['record']).every(isArgumentType)
}
