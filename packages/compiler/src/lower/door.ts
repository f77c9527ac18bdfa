// The function through which a program is called from outside, where that takes more than the body: arrays come in and go out
// as typed arrays and texts, and the log of what is written goes out beside the result. Then it is function 0, and the body
// function 1.
import { constant } from './builder.ts'
import type {
  Instruction,
  IrFunction,
  Label,
  ListRegister,
  Operand,
  Position,
  Register,
  RegisterType,
} from '../ir/ir.ts'
import type { OpName } from '../ir/opcodes.generated.ts'
import { viewKind } from '../ir/views.ts'

/** The reason of a BAIL where one array stands at two places of a result. */
const BAIL_TWICE = 4

const numbers: RegisterType = `v${viewKind('Float64Array')}`
const booleans: RegisterType = `v${viewKind('Uint8Array')}`
const lengths: RegisterType = `v${viewKind('Int32Array')}`

/** As what an array crosses the border: texts joined, and their lengths. */
const outside: Readonly<Record<ListRegister, readonly RegisterType[]>> = {
  N: [numbers],
  B: [booleans],
  S: ['s', lengths],
}

function isList(type: RegisterType): type is ListRegister {
  return type === 'N' || type === 'B' || type === 'S'
}

export function writesLog(functions: readonly IrFunction[]): boolean {
  return asks(functions, ['LOG_MARK'])
}

/** Whether the same arguments may give other results: by chance, or at another time. */
export function isVarying(functions: readonly IrFunction[]): boolean {
  return asks(functions, ['F64_RANDOM', 'F64_NOW'])
}

function asks(functions: readonly IrFunction[], ops: readonly string[]): boolean {
  return functions.some(({ instructions }) => instructions.some(({ op }) => ops.includes(op)))
}

/** The functions with such a door, where one is needed. */
export function withDoor(functions: readonly IrFunction[]): readonly IrFunction[] {
  const [body] = functions
  const logs = writesLog(functions)
  if (body === undefined) return functions
  const plain = !logs && ![...body.params.map(({ type }) => type), ...body.result.types].some(isList)
  if (plain) return functions
  const moved = functions.map((each) => ({ ...each, instructions: each.instructions.map(calledLater) }))
  return [new Door(body, logs).print(), ...moved]
}

/** Functions have moved by one. */
function calledLater(each: Instruction): Instruction {
  return each.callee === undefined ? each : { ...each, callee: each.callee + 1 }
}

class Door {
  readonly #body: IrFunction
  readonly #logs: boolean
  readonly #at: Position
  readonly #instructions: Instruction[] = []
  #registers = 0
  #labels = 0

  constructor(body: IrFunction, logs: boolean) {
    this.#body = body
    this.#logs = logs
    this.#at = body.instructions[0]?.at ?? { line: 1, column: 1 }
  }

  print(): IrFunction {
    const { params: wanted, result } = this.#body
    const params: Register[] = []
    const given = wanted.map(({ type, name }) => {
      const parts = (isList(type) ? outside[type] : [type]).map((part) => this.#register(part, name))
      params.push(...parts)
      return isList(type) ? this.#op(type === 'S' ? 'SLIST_OF_TEXT' : 'LIST_OF_VIEW', parts, type) : parts[0]
    })
    const results = result.types.map((type) => this.#register(type))
    const record = result.kind === 'record'
    this.#add({
      op: 'CALL',
      result: record ? undefined : results[0],
      operands: given as Operand[],
      callee: 1,
      ...(record ? { fields: results } : {}),
    })
    this.#refuseTwice(results)
    const answer = results.flatMap((each) => this.#given(each))
    if (this.#logs) answer.push(this.#op('LOG_TAKEN', [], 's'))
    this.#add({ op: 'RETURN', result: undefined, operands: answer })
    const kind = record || this.#logs || answer.length > 1 ? 'record' : result.kind
    return {
      name: 'door',
      params,
      result: { kind, types: answer.map(({ type }) => type) },
      instructions: this.#instructions,
    }
  }

  /** What is one array in JavaScript would be two outside. */
  #refuseTwice(results: readonly Register[]): void {
    results.forEach((one, index) => {
      for (const other of results.slice(index + 1)) {
        if (!isList(one.type) || one.type !== other.type) continue
        const label: Label = { id: this.#labels++ }
        this.#add({ op: 'JUMP_UNLESS', result: undefined, operands: [this.#op('LIST_SAME', [one, other], 'b')], label })
        this.#add({ op: 'BAIL', result: undefined, operands: [], reason: BAIL_TWICE })
        this.#add({ op: 'LABEL', result: undefined, operands: [], label })
      }
    })
  }

  #given(from: Register): Register[] {
    if (from.type === 'S') {
      const text = this.#op('LIST_JOIN', [from, constant('s', '')], 's')
      return [text, this.#op('SLIST_LENGTHS', [from], lengths)]
    }
    if (!isList(from.type)) return [from]
    return [this.#op('LIST_TO_VIEW', [from], from.type === 'N' ? numbers : booleans)]
  }

  #op(op: OpName, operands: readonly Operand[], type: RegisterType): Register {
    const result = this.#register(type)
    this.#add({ op, result, operands })
    return result
  }

  #register(type: RegisterType, name = ''): Register {
    return { id: this.#registers++, type, name }
  }

  #add(instruction: Omit<Instruction, 'at'>): void {
    this.#instructions.push({ ...instruction, at: this.#at })
  }
}
