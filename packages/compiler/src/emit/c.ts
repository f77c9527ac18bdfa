// A program as C: one function of C for each of its functions, made of the operations of ctz/program_ops.h, which the
// interpreter is made of too.
import type { Constant, Instruction, IrFunction, IrProgram, Operand, Register, RegisterType } from '../ir/ir.ts'
import { isConstant, resultsOf } from '../ir/ir.ts'
import { opcodes } from '../ir/opcodes.generated.ts'
import { callsItself } from '../ir/recursion.ts'

/** Several bodies as one library, which stands alone but for the headers of the core. */
export function cLibrary(bodies: readonly string[]): string {
  return ['#include "ctz/program_ops.h"', '', 'CTZ_DEFINE_BODY_ABI', '', ...bodies].join('\n')
}

/**
 * The C of one body.
 * @param symbol its name in the library, an identifier of C that no other body has
 * @param numbers of each function: the instruction in the bytes that an instruction here is
 */
export function emitC(program: IrProgram, symbol: string, numbers: readonly (readonly number[])[]): string {
  const texts = new Texts(symbol)
  const functions = program.functions.map((_, index) =>
    new FunctionText(program, index, symbol, numbers[index] ?? [], texts).print(),
  )
  const heads = program.functions.map((each, index) => `${headOf(each, index, symbol)};`)
  return [...texts.declarations, ...heads, '', ...functions, bodyOf(program, symbol), ''].join('\n')
}

const cTypes: Readonly<Record<string, string>> = {
  n: 'double',
  i: 'int32_t',
  k: 'int64_t',
  b: 'int',
  s: 'ctz_text',
  N: 'ctz_list',
  B: 'ctz_list',
  S: 'ctz_list',
}

function cType(type: RegisterType): string {
  return cTypes[type] ?? 'ctz_view'
}

/** The member of a ctz_register. */
function memberOf(type: RegisterType): string {
  if (listKinds.includes(type)) return 'a'
  return type.startsWith('v') ? 'v' : type
}

function headOf({ params, result }: IrFunction, index: number, symbol: string): string {
  const [single] = result.types
  const out = result.kind === 'record' ? ['ctz_register *out'] : single === undefined ? [] : [`${cType(single)} *out`]
  const list = ['ctz_run *run', ...params.map((param) => `${cType(param.type)} ${local(param)}`), ...out]
  return `static int ${symbol}_f${index}(${list.join(', ')})`
}

/** The function that the library exports. */
function bodyOf({ functions: [body] }: IrProgram, symbol: string): string {
  if (body === undefined) return ''
  const args = body.params.map(({ type }, index) => `args[${index}].${memberOf(type)}`)
  const [single] = body.result.types
  const head = `CTZ_EXPORT int ${symbol}(ctz_run *run, const ctz_register *args, ctz_register *results)`
  const lines = ['(void)args;', '(void)results;', 'if (!ctz_enter(run)) return ctz_bail_at(run, 0, 0);']
  const call = (...out: string[]): string => `${symbol}_f0(${['run', ...args, ...out].join(', ')})`
  if (body.result.kind === 'single' && single !== undefined) {
    lines.push(`if (!${call(`&results[0].${memberOf(single)}`)}) return 0;`)
  } else lines.push(`if (!${body.result.kind === 'record' ? call('results') : call()}) return 0;`)
  lines.push('ctz_leave(run);', 'return 1;')
  return `${head} {\n${lines.map((line) => `  ${line}\n`).join('')}}`
}

function local({ id }: Register): string {
  return `r${id}`
}

/** By number. */
const listKinds = ['N', 'B', 'S']

/** What operations on arrays of several kinds are told: which kind it is. */
function kindOf(op: string, values: readonly Operand[]): string[] {
  const types = values.map(({ type }) => type)
  if (op.startsWith('LIST_')) return [`${listKinds.indexOf(types.find((type) => listKinds.includes(type)) ?? '')}u`]
  return op.startsWith('VIEW_') ? [`${types.find((type) => type.startsWith('v'))?.slice(1)}u`] : []
}

class FunctionText {
  readonly #function: IrFunction
  readonly #index: number
  readonly #symbol: string
  readonly #numbers: readonly number[]
  readonly #texts: Texts
  readonly #recursive: boolean
  /** It polls at other places than its beginning. */
  readonly #polls: boolean

  constructor(program: IrProgram, index: number, symbol: string, numbers: readonly number[], texts: Texts) {
    this.#function = program.functions[index] ?? {
      name: '',
      params: [],
      result: { kind: 'nothing', types: [] },
      instructions: [],
    }
    this.#index = index
    this.#symbol = symbol
    this.#numbers = numbers
    this.#texts = texts
    this.#recursive = callsItself(program.functions, index)
    this.#polls = this.#function.instructions.some(({ op }, at) => op === 'POLL' && !this.#isFirst(at))
  }

  print(): string {
    const { instructions, params } = this.#function
    const locals = new Map<string, Register[]>()
    for (const result of instructions.flatMap(resultsOf)) {
      if (params.includes(result)) continue
      const type = cType(result.type)
      const known = locals.get(type) ?? []
      if (!known.includes(result)) known.push(result)
      locals.set(type, known)
    }
    const declared = [...locals].map(([type, registers]) => `  ${type} ${registers.map(local).join(', ')};`)
    if (this.#polls) declared.push('  uint32_t block = CTZ_POLLS, polls = CTZ_POLLS;')
    const lines = instructions.flatMap((each, index) =>
      this.#isFirst(index) ? [] : [this.#line(each, this.#numbers[index] ?? 0)],
    )
    const enter = this.#recursive ? [`  if (!ctz_enter(run)) ${this.#bail(0)}`] : []
    const head = headOf(this.#function, this.#index, this.#symbol)
    return [`${head} {`, ...declared, '  (void)run;', ...enter, ...lines, '}', ''].join('\n')
  }

  /** The poll with which a function begins that comes back to itself; ctz_enter does it. */
  #isFirst(index: number): boolean {
    return this.#recursive && index === 0 && this.#function.instructions[0]?.op === 'POLL'
  }

  #line(instruction: Instruction, at: number): string {
    const { op, result, operands, label, reason } = instruction
    const [first] = operands
    switch (op) {
      case 'LABEL':
        // a label needs a statement behind it
        return `L${label?.id}:;`
      case 'SET':
      case 'UNSET':
      case 'USE':
        return ''
      case 'MOVE':
        return `  ${this.#name(result)} = ${this.#value(first)};`
      case 'JUMP':
        return `  goto L${label?.id};`
      case 'JUMP_IF':
        return `  if (${this.#value(first)}) goto L${label?.id};`
      case 'JUMP_UNLESS':
        return `  if (!${this.#value(first)}) goto L${label?.id};`
      case 'POLL':
        return `  if (CTZ_SELDOM(--polls == 0)) {\n    block = polls = ctz_settle_polls(run, block);\n    if (block == 0) ${this.#bail(at)}\n  }`
      case 'CALL':
        return this.#call(instruction, at)
      case 'RETURN':
        return this.#return(operands)
      case 'BAIL':
        return `  ctz_give_up(run, CTZ_BAIL_THROWN, ${reason ?? 0}u);\n  ${this.#bail(at)}`
      default: {
        const call = (out: string): string => `ctz_op_${op.toLowerCase()}(${this.#operands(instruction)}${out})`
        if (!opcodes[op].bails) return `  ${this.#name(result)} = ${call('')};`
        if (result === undefined) return `  if (!${call('')}) ${this.#bail(at)}`
        // what is handed out by address lives in memory from then on: not the variable itself
        const given = `    ${cType(result.type)} given;\n    if (!${call(', &given')}) ${this.#bail(at)}`
        return `  {\n${given}\n    ${local(result)} = given;\n  }`
      }
    }
  }

  #operands({ op, result, operands }: Instruction): string {
    const kind = kindOf(op, [...operands, ...(result === undefined ? [] : [result])])
    return ['run', ...kind, ...operands.map((each) => this.#value(each))].join(', ')
  }

  #call({ result, fields, operands, callee }: Instruction, at: number): string {
    const given = operands.map((each) => this.#value(each))
    const call = (...out: string[]): string =>
      `if (!${this.#symbol}_f${callee}(${['run', ...given, ...out].join(', ')})) ${this.#bail(at)}`
    if (fields === undefined) return `  ${result === undefined ? call() : call(`&${this.#name(result)}`)}`
    const taken = fields.map((each, index) => `${local(each)} = fields[${index}].${memberOf(each.type)};`)
    return `  {\n    ctz_register fields[${Math.max(1, fields.length)}];\n    ${call('fields')}\n    ${taken.join('\n    ')}\n  }`
  }

  #return(operands: readonly Operand[]): string {
    // what a function of the body has not settled counts for its caller
    const spend = this.#polls && this.#index > 0 ? '  ctz_spend_polls(run, block - polls);\n' : ''
    const leave = `${spend}${this.#recursive ? '  ctz_leave(run);\n' : ''}`
    const values = operands.map((each, index) =>
      this.#function.result.kind === 'record'
        ? `  out[${index}].${memberOf(each.type)} = ${this.#value(each)};\n`
        : `  *out = ${this.#value(each)};\n`,
    )
    return `${values.join('')}${leave}  return 1;`
  }

  #bail(at: number): string {
    return `return ctz_bail_at(run, ${this.#index}u, ${at}u);`
  }

  #name(register: Register | undefined): string {
    return register === undefined ? '' : local(register)
  }

  #value(operand: Operand | undefined): string {
    if (operand === undefined) return '0'
    return isConstant(operand) ? this.#constant(operand) : local(operand)
  }

  #constant({ type, value }: Constant): string {
    if (typeof value === 'string') return this.#texts.nameOf(value)
    if (typeof value === 'boolean') return value ? '1' : '0'
    if (type === 'n') return double(value)
    // the least int32 has no literal of its own
    if (type === 'i') return value === -(2 ** 31) ? '(-2147483647 - 1)' : `${value}`
    return `INT64_C(${value})`
  }
}

/** Small whole numbers as people write them, all others by their bits. */
function double(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31 && !Object.is(value, -0)) {
    return value < 0 ? `(${value}.0)` : `${value}.0`
  }
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return `ctz_of_bits(UINT64_C(0x${view.getBigUint64(0).toString(16).padStart(16, '0')}))`
}

/** The texts of a body, each once: bytes where Latin-1 is enough. */
class Texts {
  readonly #symbol: string
  readonly #known = new Map<string, string>()
  readonly declarations: string[] = []

  constructor(symbol: string) {
    this.#symbol = symbol
  }

  nameOf(text: string): string {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const name = `${this.#symbol}_t${this.#known.size}`
    this.#known.set(text, name)
    const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
    const wide = units.some((unit) => unit > 0xff)
    const data = units.length === 0 ? 'NULL' : `${name}_units`
    if (units.length > 0) {
      this.declarations.push(`static const ${wide ? 'uint16_t' : 'uint8_t'} ${data}[] = {${units.join(', ')}};`)
    }
    this.declarations.push(`static const ctz_text ${name} = {${data}, ${units.length}u, ${wide ? 1 : 0}u};`)
    return name
  }
}
