// What can be asked of a task, with the types of its arguments and its result.
import type { ArgumentType, TaskLimits, TaskOptions, TaskStats } from '@catzilla/engine'
import type { StandardSchemaV1 } from '@standard-schema/spec'

/** Limits whose key may be computed from the task's own arguments. */
export interface TypedLimits<A extends readonly unknown[]> extends Omit<TaskLimits, 'key'> {
  readonly key?: string | ((...args: A) => string)
}

/**
 * Options of one call. Durations are milliseconds.
 * @example
 * sendEmail.with({ priority: 'critical', delayMs: 500 }).delay('a@b.c', 'hi')
 */
export interface CallOptions<A extends readonly unknown[] = readonly never[], R = never> extends Omit<
  TaskOptions,
  'limits' | 'onSuccess'
> {
  readonly limits?: TypedLimits<A>
  readonly onSuccess?: (value: R, stats: TaskStats) => void
}

/** One schema for the only argument, or one for each argument. */
export type InputSchemas = StandardSchemaV1 | readonly [StandardSchemaV1, ...StandardSchemaV1[]]

/** Options of a task: those of a call, its name, and schemas of what goes in and comes out. */
export interface TaskConfig<A extends readonly unknown[] = readonly never[], R = never> extends CallOptions<A, R> {
  /** Unique among the tasks; the name of the function by default. */
  readonly name?: string
  /** Checked when the task is submitted; what the schema makes of an argument is what the body gets. */
  readonly input?: InputSchemas
  /** Checked when the body has ended; what the schema makes of the result is the result. */
  readonly output?: StandardSchemaV1
  /**
   * What the body takes from its surroundings, by the names in its text: numbers, strings, booleans, frozen objects of
   * these, and functions, which see the same. It is compiled with these values, so they must be what the names mean and stay
   * so: `const`s. JavaScript goes on to look at its own surroundings. None by default: then a body that takes anything from
   * outside stays JavaScript.
   * @example
   * tasks.task({ name: 'tax', captures: { RATE, round } }, (amount: number) => round(amount * RATE))
   */
  readonly captures?: Readonly<Record<string, unknown>>
  /**
   * The types of the arguments, for compiling the body when it is defined and not after it has been called twice: 'number',
   * 'string', 'boolean', names of typed arrays, `{ record: { field: type } }`. Arguments of other types are welcome all the same.
   * @example
   * tasks.task({ name: 'sum', signature: ['Float64Array'] }, (values: Float64Array) => …)
   */
  readonly signature?: readonly ArgumentType[]
}

/** The arguments a body gets from schemas. */
export type SchemaOutputs<S extends InputSchemas> = S extends StandardSchemaV1
  ? [StandardSchemaV1.InferOutput<S>]
  : S extends readonly StandardSchemaV1[]
    ? { -readonly [K in keyof S]: S[K] extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S[K]> : never }
    : never

/** The arguments a submitter gives for schemas; the last ones may be left out where their schemas take undefined. */
export type SchemaInputs<S extends InputSchemas> = S extends StandardSchemaV1
  ? OptionalTail<[StandardSchemaV1.InferInput<S>]>
  : S extends readonly StandardSchemaV1[]
    ? OptionalTail<{
        -readonly [K in keyof S]: S[K] extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S[K]> : never
      }>
    : never

type OptionalTail<T> = T extends [...infer Head, infer Last]
  ? undefined extends Last
    ? [...OptionalTail<Head>, Last?]
    : T
  : T

/** What a body may give, at once or later, for an output schema. */
export type BodyResult<O extends StandardSchemaV1> =
  | StandardSchemaV1.InferInput<O>
  | PromiseLike<StandardSchemaV1.InferInput<O>>
