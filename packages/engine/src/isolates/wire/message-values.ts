import type { Transferable } from 'node:worker_threads'
export function toMessage(
  value: unknown,
  _owned: boolean,
): { readonly value: unknown; readonly transfer: Transferable[] } {
  return { value, transfer: [] }
}
