// Operations on constants, where JavaScript's own answer is the answer of every machine: no Math function whose bits could
// depend on the version of V8.
import type { Constant } from './ir.ts'
import type { OpName } from './opcodes.generated.ts'

type Fold = (...values: never[]) => number | boolean | string

/** Longer texts are left to the program. */
const MAX_TEXT = 1 << 12

const folds: Partial<Record<OpName, Fold>> = {
  F64_ADD: (a: number, b: number) => a + b,
  F64_SUB: (a: number, b: number) => a - b,
  F64_MUL: (a: number, b: number) => a * b,
  F64_DIV: (a: number, b: number) => a / b,
  F64_MOD: (a: number, b: number) => a % b,
  F64_IS_MULTIPLE: (a: number, b: number) => a % b === 0,
  F64_NEG: (a: number) => -a,
  F64_LT: (a: number, b: number) => a < b,
  F64_LE: (a: number, b: number) => a <= b,
  F64_EQ: (a: number, b: number) => a === b,
  F64_SAME: (a: number, b: number) => Object.is(a, b),
  F64_ABS: (a: number) => Math.abs(a),
  F64_FLOOR: (a: number) => Math.floor(a),
  F64_CEIL: (a: number) => Math.ceil(a),
  F64_ROUND: (a: number) => Math.round(a),
  F64_TRUNC: (a: number) => Math.trunc(a),
  F64_SIGN: (a: number) => Math.sign(a),
  F64_SQRT: (a: number) => Math.sqrt(a),
  F64_FROUND: (a: number) => Math.fround(a),
  F64_MIN: (a: number, b: number) => Math.min(a, b),
  F64_MAX: (a: number, b: number) => Math.max(a, b),
  F64_IS_NAN: (a: number) => Number.isNaN(a),
  F64_IS_FINITE: (a: number) => Number.isFinite(a),
  F64_IS_INTEGER: (a: number) => Number.isInteger(a),
  F64_IS_SAFE_INTEGER: (a: number) => Number.isSafeInteger(a),
  I32_AND: (a: number, b: number) => a & b,
  I32_OR: (a: number, b: number) => a | b,
  I32_XOR: (a: number, b: number) => a ^ b,
  I32_NOT: (a: number) => ~a,
  I32_SHL: (a: number, b: number) => a << b,
  I32_SHR: (a: number, b: number) => a >> b,
  I32_USHR: (a: number, b: number) => (a >>> b) | 0,
  I32_ADD: (a: number, b: number) => (a + b) | 0,
  I32_SUB: (a: number, b: number) => (a - b) | 0,
  I32_MUL: (a: number, b: number) => Math.imul(a, b),
  I32_CLZ: (a: number) => Math.clz32(a),
  I32_LT: (a: number, b: number) => a < b,
  I32_LE: (a: number, b: number) => a <= b,
  I32_EQ: (a: number, b: number) => a === b,
  K_ADD: (a: number, b: number) => a + b,
  K_SUB: (a: number, b: number) => a - b,
  K_MIN: (a: number, b: number) => Math.min(a, b),
  K_MAX: (a: number, b: number) => Math.max(a, b),
  K_LT: (a: number, b: number) => a < b,
  K_LE: (a: number, b: number) => a <= b,
  K_EQ: (a: number, b: number) => a === b,
  I32_FROM_F64: (a: number) => a | 0,
  I32_FROM_K: (a: number) => a | 0,
  I32_FROM_BOOL: (a: boolean) => (a ? 1 : 0),
  F64_FROM_I32: (a: number) => a,
  F64_FROM_U32: (a: number) => a >>> 0,
  F64_FROM_K: (a: number) => a,
  F64_FROM_BOOL: (a: boolean) => (a ? 1 : 0),
  F64_FROM_STR: (a: string) => Number(a),
  K_FROM_I32: (a: number) => a,
  BOOL_FROM_F64: (a: number) => Boolean(a),
  BOOL_FROM_I32: (a: number) => a !== 0,
  BOOL_FROM_STR: (a: string) => a !== '',
  BOOL_NOT: (a: boolean) => !a,
  BOOL_EQ: (a: boolean, b: boolean) => a === b,
  STR_FROM_F64: (a: number) => String(a),
  STR_FROM_I32: (a: number) => String(a),
  STR_FROM_BOOL: (a: boolean) => String(a),
  STR_CONCAT: (a: string, b: string) => a + b,
  STR_LENGTH: (a: string) => a.length,
  STR_EQ: (a: string, b: string) => a === b,
  STR_LT: (a: string, b: string) => a < b,
}

export function fold(op: OpName, operands: readonly Constant[], type: Constant['type']): Constant | undefined {
  const how = folds[op]
  if (how === undefined) return undefined
  const value = how(...(operands.map((each) => each.value) as never[]))
  return typeof value === 'string' && value.length > MAX_TEXT ? undefined : { type, value }
}
