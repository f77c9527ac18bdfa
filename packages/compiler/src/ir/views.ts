// The kinds of typed arrays, in the order of their numbers.

export const viewNames = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
] as const

export type ViewName = (typeof viewNames)[number]

const bytes: readonly number[] = [1, 1, 1, 2, 2, 4, 4, 4, 8]

export function viewKind(name: ViewName): number {
  return viewNames.indexOf(name)
}

export function isViewName(name: string): name is ViewName {
  return (viewNames as readonly string[]).includes(name)
}

export function bytesPerElement(name: ViewName): number {
  return bytes[viewKind(name)] ?? 1
}

/** Largest magnitude of an element, of arrays whose elements are whole numbers that fit int32. */
export function int32Bound(name: ViewName): number | undefined {
  return [2 ** 7, 2 ** 8, 2 ** 8, 2 ** 15, 2 ** 16, 2 ** 31][viewKind(name)]
}
