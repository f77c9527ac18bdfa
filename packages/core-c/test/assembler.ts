// Programs for tests, put together by hand: registers by number, instructions by name.
import { theCore } from './core.ts'

export const N = 1
export const I = 2
export const K = 3
export const B = 4
export const S = 5
export const RECORD = 32
export const viewTypes: readonly string[] = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
]
export const viewType = (name: string): number => 16 + viewTypes.indexOf(name)

/** Name, result, operands, number. */
export type Line = readonly [name: string, result?: number, operands?: readonly number[], number?: number]

export interface FunctionText {
  readonly parameters?: readonly number[]
  readonly constants?: readonly (readonly [type: number, value: number | boolean | string])[]
  readonly locals?: readonly number[]
  readonly result: number
  readonly lines: readonly Line[]
}

function constantWords(type: number, value: number | boolean | string, units: number[]): number[] {
  if (typeof value === 'string') {
    const first = units.length
    for (let i = 0; i < value.length; i++) units.push(value.charCodeAt(i))
    return [type, value.length, first, 0]
  }
  const words = new Uint32Array(2)
  if (type === N) new Float64Array(words.buffer)[0] = Number(value)
  else if (type === K) new BigInt64Array(words.buffer)[0] = BigInt(value)
  else words[0] = Number(value)
  return [type, 0, words[0] ?? 0, words[1] ?? 0]
}

function operationNumber(name: string): number {
  const number = theCore().programs.operations.findIndex((operation) => operation.name === name)
  if (number < 0) throw new Error(`there is no operation ${name}`)
  return number
}

function instructionWords([name, result = 0, operands = [], number = 0]: Line): number[] {
  const halves = [operationNumber(name), result, ...operands, 0, 0, 0, 0].slice(0, 6)
  const words = [0, 2, 4].map((at) => (halves[at] ?? 0) | ((halves[at + 1] ?? 0) << 16))
  return [...words, number]
}

/** The bytes of a program of these functions; the first is its body. */
export function assemble(...functions: readonly FunctionText[]): Uint8Array {
  const heads: number[] = []
  const types: number[] = []
  const constants: number[] = []
  const units: number[] = []
  const code: number[] = []
  for (const { parameters = [], constants: own = [], locals = [], result, lines } of functions) {
    const registers = [...parameters, ...own.map(([type]) => type), ...locals]
    heads.push(parameters.length, constants.length / 4, own.length, registers.length, result)
    heads.push(code.length / 4, lines.length, types.length)
    types.push(...registers)
    for (const [type, value] of own) constants.push(...constantWords(type, value, units))
    for (const line of lines) code.push(...instructionWords(line))
  }
  while (types.length % 4 !== 0) types.push(0)
  const unitCount = units.length
  if (unitCount % 2 !== 0) units.push(0)
  const { version } = theCore().programs
  const words = [0x505a5443, version, functions.length, constants.length / 4, unitCount, code.length / 4, ...heads]
  return Uint8Array.from([
    ...new Uint8Array(Uint32Array.from(words).buffer),
    ...types,
    ...new Uint8Array(Uint32Array.from(constants).buffer),
    ...new Uint8Array(Uint16Array.from(units).buffer),
    ...new Uint8Array(Uint32Array.from(code).buffer),
  ])
}
