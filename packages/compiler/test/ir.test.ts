// The instructions that a function becomes, as text: one idea each.
import { expect, it } from 'vitest'
import type { TypeHint } from '../src/index.ts'
import { compiled } from './exact.ts'

interface Idea {
  readonly text: string
  readonly types?: readonly TypeHint[]
  readonly captures?: Readonly<Record<string, unknown>>
  readonly ir: string
}

const ideas: Readonly<Record<string, Idea>> = {
  'every operand is a register or a constant': {
    text: '(a, b) => (a + b) * (a - b)',
    types: ['number', 'number'],
    ir: `
function 0 body(a: n, b: n): n
  #0: n = F64_ADD a b
  #1: n = F64_SUB a b
  #2: n = F64_MUL #0 #1
  RETURN #2
`,
  },
  'an operand keeps the value it had in its turn': {
    text: '(a) => a + (a = 2) * a',
    ir: `
function 0 body(a: n): n
  #0: n = MOVE a
  a: n = MOVE 2n
  #1: n = F64_MUL 2n a
  #2: n = F64_ADD #0 #1
  RETURN #2
`,
  },
  'constants are worked out, captured ones too': {
    text: '(a) => a * (RATE / 100 + 1)',
    captures: { RATE: 25 },
    ir: `
function 0 body(a: n): n
  #0: n = F64_MUL a 1.25n
  RETURN #0
`,
  },
  'what nobody uses is left out': {
    text: '(a) => { const unused = a * 2; return a }',
    ir: `
function 0 body(a: n): n
  RETURN a
`,
  },
  'int32 stays int32 until it is given': {
    text: '(a) => ((a | 0) + 1) | 0',
    ir: `
function 0 body(a: n): n
  #0: i = I32_FROM_F64 a
  #1: i = I32_ADD #0 1i
  #2: n = F64_FROM_I32 #1
  RETURN #2
`,
  },
  'a counter is an integer, and a loop asks whether to stop': {
    text: '(n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum }',
    ir: `
function 0 body(n: n): n
  sum: n = MOVE 0n
  i: k = MOVE 0k
  JUMP L0
L1:
  #0: n = F64_FROM_K i
  sum: n = F64_ADD sum #0
  i: k = K_ADD i 1k
  POLL
L0:
  #1: n = F64_FROM_K i
  #2: b = F64_LT #1 n
  JUMP_IF #2 L1
  RETURN sum
`,
  },
  'the right side of && has its turn only behind the left': {
    text: '(a, b) => a > 0 && b > 0 ? 1 : 0',
    types: ['number', 'number'],
    ir: `
function 0 body(a: n, b: n): n
  #0: b = F64_LT 0n a
  JUMP_UNLESS #0 L0
  #1: b = F64_LT 0n b
  JUMP_UNLESS #1 L0
  #2: i = MOVE 1i
  JUMP L1
L0:
  #2: i = MOVE 0i
L1:
  #3: n = F64_FROM_I32 #2
  RETURN #3
`,
  },
  'a throw gives up': {
    text: "(a) => { if (a < 0) throw new Error('negative'); return a }",
    ir: `
function 0 body(a: n): n
  #0: b = F64_LT a 0n
  JUMP_UNLESS #0 L0
  BAIL reason 1
L0:
  RETURN a
`,
  },
  'functions call each other': {
    text: '(a) => twice(a) + 1',
    captures: { twice: (x: number): number => x * 2 },
    ir: `
function 0 body(a: n): n
  #0: n = CALL f1 a
  #1: n = F64_ADD #0 1n
  RETURN #1

function 1 twice(x: n): n
  #0: n = F64_MUL x 2n
  RETURN #0
`,
  },
  'a record is its fields': {
    text: '({ x, y }) => ({ x: y, y: -x })',
    types: [{ record: { x: 'number', y: 'number' } }],
    ir: `
function 0 body(argument0.x: n, argument0.y: n): {n, n}
  #0: n = F64_NEG argument0.x
  RETURN argument0.y #0
`,
  },
  'a template is its pieces, one after the other': {
    text: '(name) => `Hello, ${name}!`',
    types: ['string'],
    ir: `
function 0 body(name: s): s
  #0: s = STR_CONCAT "Hello, " name
  #1: s = STR_CONCAT #0 "!"
  RETURN #1
`,
  },
  'a method that takes a function is a loop around it': {
    text: '(a) => { const list = [a]; return list.some((x) => x > 2) }',
    ir: `
function 0 body(a: n): {b, b}
  #0: N = LIST_NEW 1k
  NLIST_PUSH #0 a
  list: N = MOVE #0
  a#2: N = MOVE list
  i: k = MOVE 0k
  n: k = LIST_LENGTH a#2
  JUMP L0
L1:
  x: n = NLIST_GET a#2 i
  #1: b = F64_LT 2n x
  JUMP_UNLESS #1 L2
  #2: b = MOVE true
  JUMP L3
L2:
  i: k = K_ADD i 1k
  POLL
L0:
  #3: b = K_LT i n
  JUMP_IF #3 L1
  #2: b = MOVE false
L3:
  RETURN true #2
`,
  },
}

it.each(Object.entries(ideas))('%s', (_, { text, types = ['number'], captures = {}, ir }) => {
  const { ir: printed } = compiled(text, types, { captures })
  expect(printed).toBe(ir.slice(1))
  expect(compiled(text, types, { captures }).ir).toBe(printed)
})
