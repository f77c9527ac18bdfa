// The types of kernels' arguments and results.

/** In the order of `ctz_type`, so that the index of a name is its number in C. */
export const kernelTypes = [
  'void',
  'f64',
  'i32',
  'u32',
  'bool',
  'bytes',
  'string',
  'f64-array',
  'f32-array',
  'i32-array',
  'u32-array',
  'fields',
  'text',
  'i8-array',
  'u8c-array',
  'i16-array',
  'u16-array',
  'record',
] as const
export type KernelType = (typeof kernelTypes)[number]
