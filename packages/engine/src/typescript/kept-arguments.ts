// Arguments of a task as its record keeps them: the copied list, or bytes that the lane has made of it.

/** Bytes of a list of arguments. To many a task that waits they cost a garbage collector nothing. */
export abstract class PackedArguments {
  /** The list, made anew. */
  abstract unpack(): readonly unknown[]
}

export type KeptArguments = readonly unknown[] | PackedArguments

export function listOf(kept: KeptArguments): readonly unknown[] {
  return kept instanceof PackedArguments ? kept.unpack() : kept
}
