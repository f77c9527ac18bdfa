// A validation library of one's own: the least that Standard Schema asks for.
import type { StandardSchemaV1 } from '@standard-schema/spec'

type Answer<T> = StandardSchemaV1.Result<T>

/** A schema that is nothing but its `validate`. */
export function ownSchema<T>(validate: (value: unknown) => Answer<T> | Promise<Answer<T>>): StandardSchemaV1<T, T> {
  return { '~standard': { version: 1, vendor: 'own', validate } }
}

/** Even numbers, at once. */
export const even: StandardSchemaV1<number, number> = ownSchema((value) =>
  typeof value === 'number' && value % 2 === 0 ? { value } : { issues: [{ message: 'is not even' }] },
)

/** Even numbers, later. */
export const evenLater: StandardSchemaV1<number, number> = ownSchema(async (value) => {
  await Promise.resolve()
  return even['~standard'].validate(value)
})
