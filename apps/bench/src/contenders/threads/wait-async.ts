// `Atomics.waitAsync`, which the standard library of the compiler does not know yet.

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<string> }

const { waitAsync } = Atomics as typeof Atomics & { readonly waitAsync: WaitAsync }

/** Settles when the word is something else than `value`. */
export async function changeOf(words: Int32Array, index: number, value: number): Promise<void> {
  const waiting = waitAsync(words, index, value)
  if (waiting.async) await waiting.value
}
