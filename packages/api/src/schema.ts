// Standard Schema at both ends of a task: arguments when it is submitted, the result when its body has ended.
import { PayloadError, TaskDefinitionError, formatPath } from '@catzilla/engine'
import type { PayloadIssue } from '@catzilla/engine'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { InputSchemas } from './task-config.ts'

type Answer = StandardSchemaV1.Result<unknown>

/**
 * The arguments as their schemas give them.
 * @throws PayloadError with the paths of what does not fit
 * @throws TaskDefinitionError when a schema works asynchronously, which needs `enqueue`
 */
export function checkArguments(name: string, input: InputSchemas, args: readonly unknown[]): unknown[] {
  const answers = schemasOf(input).map((schema, index) => {
    const answer = schema['~standard'].validate(args[index])
    if (!isThenable(answer)) return answer
    // nobody will look at it: its failure must not surface as an unhandled rejection
    Promise.resolve(answer).catch(() => {})
    throw new TaskDefinitionError(
      `task '${name}': the input schema of args[${index}] works asynchronously; submit with await ${name}.enqueue(...)`,
    )
  })
  return valuesOf(name, answers, args.length)
}

/** As `checkArguments`, waiting for schemas that work asynchronously. */
export async function checkArgumentsAsync(
  name: string,
  input: InputSchemas,
  args: readonly unknown[],
): Promise<unknown[]> {
  const answers = await Promise.all(
    schemasOf(input).map(async (schema, index) => schema['~standard'].validate(args[index])),
  )
  return valuesOf(name, answers, args.length)
}

/** The result as its schema gives it, at once or later as the schema works. @throws PayloadError */
export function checkResult(name: string, schema: StandardSchemaV1, value: unknown): unknown {
  const answer = schema['~standard'].validate(value)
  return isThenable(answer) ? Promise.resolve(answer).then((later) => resultOf(name, later)) : resultOf(name, answer)
}

/** Whether `value` is a Standard Schema; some are functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard = (value as Partial<StandardSchemaV1>)['~standard']
  return typeof standard === 'object' && typeof standard.validate === 'function'
}

/** Whether `value` is a promise, of whatever library. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** Whether `value` is one schema, or a list of one or more. */
export function areInputSchemas(value: unknown): value is InputSchemas {
  return isSchema(value) || (Array.isArray(value) && value.length > 0 && value.every(isSchema))
}

function schemasOf(input: InputSchemas): readonly StandardSchemaV1[] {
  return isSchema(input) ? [input] : input
}

function valuesOf(name: string, answers: readonly Answer[], given: number): unknown[] {
  const issues = answers.flatMap((answer, index) => issuesOf(answer, [index]))
  if (given > answers.length) {
    const path = [answers.length]
    issues.push({ path, message: `there are ${given} arguments, the schema describes ${answers.length}` })
  }
  if (issues.length > 0) throw payloadError(name, 'args', issues)
  return answers.map((answer) => ('value' in answer ? answer.value : undefined))
}

function resultOf(name: string, answer: Answer): unknown {
  if (answer.issues !== undefined) throw payloadError(name, 'result', issuesOf(answer, []))
  return answer.value
}

function issuesOf(answer: Answer, prefix: PayloadIssue['path']): PayloadIssue[] {
  const { issues } = answer
  if (issues === undefined) return []
  // an answer with issues is a failure, also when it names none
  if (issues.length === 0) return [{ path: prefix, message: 'does not fit its schema' }]
  return issues.map(({ path, message }) => ({ path: [...prefix, ...(path ?? []).map(step)], message }))
}

function step(segment: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof segment === 'object' ? segment.key : segment
  return typeof key === 'symbol' ? String(key) : key
}

function payloadError(name: string, what: 'args' | 'result', issues: readonly PayloadIssue[]): PayloadError {
  const list = issues.map(({ path, message }) => `${what}${formatPath(path)}: ${message}`).join('; ')
  return new PayloadError(`task '${name}': ${list}`, issues)
}
