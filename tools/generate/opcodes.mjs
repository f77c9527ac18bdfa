// Writes the compiler's table of operations from that of the C core.
import { readFileSync, writeFileSync } from 'node:fs'

const header = readFileSync('packages/core-c/include/ctz/opcodes.h', 'utf8')
const version = /#define CTZ_PROGRAM_VERSION (\d+)u/.exec(header)?.[1]
const rows = [...header.matchAll(/^\s*X\((\w+), "([^"]*)", "([^"]*)", ([01])\)/gm)]
if (version === undefined || rows.length === 0) throw new Error('opcodes.h is not what it was')

const lines = rows.map(
  ([, name, result, operands, bails], code) =>
    `  ${name}: { code: ${code}, result: '${result}', operands: '${operands}', bails: ${bails === '1'} },`,
)

writeFileSync(
  'packages/compiler/src/ir/opcodes.generated.ts',
  `// The operations of programs, written by tools/generate/opcodes.mjs from packages/core-c/include/ctz/opcodes.h.

export const PROGRAM_VERSION = ${version}

/** Types are letters: n number, i int32, k counter, b boolean, s string, v typed array, N B S arrays of numbers, booleans and strings, a any of these; '=' any, '*' any number of them. */
export interface Opcode {
  readonly code: number
  readonly result: string
  readonly operands: string
  /** It may give up, and the call runs again in JavaScript. */
  readonly bails: boolean
}

const table = {
${lines.join('\n')}
} as const

export type OpName = keyof typeof table

export const opcodes: Readonly<Record<OpName, Opcode>> = table
`,
)
