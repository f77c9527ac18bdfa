// The signature of a lowered program: which of its parameters there are, and what they are taken from.
import type { IrFunction, Register } from '../ir/ir.ts'
import { isConstant, resultsOf } from '../ir/ir.ts'
import { opcodes } from '../ir/opcodes.generated.ts'
import type { ParameterShape, ResultShape } from '../signature.ts'
import type { Type } from '../types/types.ts'

export interface ShapedParameters {
  readonly shapes: readonly ParameterShape[]
  /** The parameters that are left: fields of objects that nobody looks at are not handed over. */
  readonly params: readonly Register[]
}

export function shapeParameters(
  functions: readonly IrFunction[],
  args: readonly Type[],
  absent: ReadonlySet<string>,
): ShapedParameters {
  const [body] = functions
  const called = functions.some(({ instructions }) =>
    instructions.some(({ op, callee }) => op === 'CALL' && callee === 0),
  )
  const read = new Set(body?.instructions.flatMap(({ operands }) => operands.filter((each) => !isConstant(each))))
  const written = writtenParameters(functions)
  const registers = (body?.params ?? []).values()
  const params: Register[] = []
  const shape = (type: Type, inside: boolean): ParameterShape | undefined => {
    switch (type.kind) {
      case 'record':
        return { kind: 'record', fields: fieldsOf(type.fields) }
      case 'undefined':
      case 'null':
        return { kind: type.kind }
      case 'number':
      case 'boolean':
      case 'string':
      case 'list':
      case 'view': {
        const register = registers.next().value as Register
        if (inside && !called && !read.has(register)) return undefined
        params.push(register)
        if (type.kind === 'list') {
          return { kind: 'list', of: type.elements.kind ?? 'number', written: written.has(register) }
        }
        return type.kind === 'view'
          ? { kind: 'view', view: type.view, written: written.has(register) }
          : { kind: type.kind }
      }
      default:
        return { kind: 'any' }
    }
  }
  const fieldsOf = (fields: ReadonlyMap<string, Type>): (readonly [string, ParameterShape])[] => [
    ...[...fields].flatMap(([name, type]) => {
      const field = shape(type, true)
      const looked = type.kind !== 'undefined' || absent.has(name)
      return field === undefined || field.kind === 'any' || !looked ? [] : [[name, field] as const]
    }),
    ...[...absent].filter((name) => !fields.has(name)).map((name) => [name, { kind: 'undefined' }] as const),
  ]
  return { shapes: args.map((type) => shape(type, false) ?? { kind: 'any' }), params }
}

/** What changes its first operand: it has nothing else to give. */
const writing: ReadonlySet<string> = new Set(
  Object.entries(opcodes).flatMap(([name, { result, operands }]) =>
    result === '.' && /^[vaNBS]/.test(operands) ? [name] : [],
  ),
)

/** Arrays that may be written to, under whatever name: registers that hold the same one are taken together. */
function writtenParameters(functions: readonly IrFunction[]): ReadonlySet<Register> {
  const leaders = new Map<Register, Register>()
  const leader = (register: Register): Register => {
    let at = register
    for (let up = leaders.get(at); up !== undefined && up !== at; up = leaders.get(at)) at = up
    return at
  }
  const unite = (a: Register, b: Register): void => {
    if (leader(a) !== leader(b)) leaders.set(leader(a), leader(b))
  }
  const answers = functions.map(({ result }) => result.types.map((type): Register => ({ id: -1, type, name: '' })))
  for (const [index, { instructions }] of functions.entries()) {
    for (const instruction of instructions) {
      const { op, result, operands, callee } = instruction
      const [first] = operands
      if (op === 'MOVE' && result !== undefined && first !== undefined && !isConstant(first)) unite(result, first)
      const answer = answers[op === 'CALL' ? (callee ?? 0) : index] ?? []
      if (op === 'CALL') {
        operands.forEach((each, at) => {
          const param = functions[callee ?? -1]?.params[at]
          if (!isConstant(each) && param !== undefined) unite(each, param)
        })
        resultsOf(instruction).forEach((each, at) => answer[at] && unite(each, answer[at]))
      }
      if (op === 'RETURN') operands.forEach((each, at) => !isConstant(each) && answer[at] && unite(each, answer[at]))
    }
  }
  const writes = functions.flatMap(({ instructions }) =>
    instructions.flatMap(({ op, operands: [first] }) =>
      writing.has(op) && first !== undefined && !isConstant(first) ? [leader(first)] : [],
    ),
  )
  const written = new Set(writes)
  return new Set((functions[0]?.params ?? []).filter((param) => written.has(leader(param))))
}

export function shapeResult(type: Type): ResultShape {
  switch (type.kind) {
    case 'number':
    case 'boolean':
    case 'string':
    case 'null':
      return { kind: type.kind }
    case 'view':
      return { kind: 'view', view: type.view }
    case 'list':
      return { kind: 'list', of: type.elements.kind ?? 'number' }
    case 'record':
      return { kind: 'record', fields: [...type.fields].map(([name, each]) => [name, shapeResult(each)] as const) }
    case 'maybe':
      return { kind: 'maybe', of: shapeResult(type.of), none: type.none }
    default:
      return { kind: 'undefined' }
  }
}
