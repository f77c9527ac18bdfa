// Arrays of programs: what goes in and comes out of them, and which bytes are refused.
import { describe, expect, it } from 'vitest'
import { assemble, B, I, K, N, S, viewType, type FunctionText } from './assembler.ts'
import { describeNative, theCore } from './core.ts'

const numbers = 6
const booleans = 7
const texts = 8
const doubles = viewType('Float64Array')
const bytes = viewType('Uint8Array')
const lengths = viewType('Int32Array')

const open = (...functions: FunctionText[]): ReturnType<ReturnType<typeof theCore>['programs']['openProgram']> =>
  theCore().programs.openProgram(assemble(...functions))

describeNative('arrays of programs', () => {
  it('are made of typed arrays, and the reverse', () => {
    const program = open({
      parameters: [doubles],
      locals: [numbers, doubles],
      result: doubles,
      lines: [
        ['LIST_OF_VIEW', 1, [0]],
        ['LIST_REVERSE', 0, [1]],
        ['LIST_TO_VIEW', 2, [1]],
        ['RETURN', 0, [2, 1]],
      ],
    })
    const given = new Float64Array([1, -0, NaN])
    expect(program.call([given])).toStrictEqual(new Float64Array([NaN, -0, 1]))
    expect(given).toStrictEqual(new Float64Array([1, -0, NaN]))
  })

  it('of texts are one text and lengths', () => {
    const program = open({
      parameters: [S, lengths],
      constants: [[S, '日']],
      locals: [texts, S],
      result: S,
      lines: [
        ['SLIST_OF_TEXT', 3, [0, 1]],
        ['LIST_JOIN', 4, [3, 2]],
        ['RETURN', 0, [4, 1]],
      ],
    })
    expect(program.call(['abcd', new Int32Array([1, 0, 3])])).toBe('a日日bcd')
    for (const wrong of [[-1], [5], [2147483647, 1], [2, 3]]) {
      expect(program.call(['abcd', new Int32Array(wrong)])).toBe(theCore().programs.BAILED)
    }
  })

  it('that nobody has made yet are none', () => {
    const program = open({
      locals: [numbers, K, N],
      result: K,
      lines: [
        ['LIST_LENGTH', 1, [0]],
        ['NLIST_PUSH', 0, [0, 2]],
        ['RETURN', 0, [1, 1]],
      ],
    })
    expect(program.call([])).toBe(theCore().programs.BAILED)
    expect(program.lastBail()).toMatchObject({ reason: 'RANGE', instruction: 1 })
  })
})

describeNative('bytes with arrays', () => {
  describe.each<[string, FunctionText, string]>([
    ['that take one', { parameters: [numbers], result: 0, lines: [['RETURN']] }, 'function 0 takes an array'],
    [
      'that answer one',
      { locals: [texts], result: texts, lines: [['RETURN', 0, [0, 1]]] },
      'function 0 answers an array',
    ],
    [
      'of two kinds',
      { locals: [numbers, texts, B], result: 0, lines: [['LIST_SAME', 2, [0, 1]], ['RETURN']] },
      'arrays of two kinds',
    ],
    [
      'of another kind of typed array',
      { parameters: [bytes], locals: [numbers], result: 0, lines: [['LIST_OF_VIEW', 1, [0]], ['RETURN']] },
      'a typed array of another kind',
    ],
    [
      'that becomes another kind of typed array',
      { locals: [booleans, doubles], result: 0, lines: [['LIST_TO_VIEW', 1, [0]], ['RETURN']] },
      'a typed array of another kind',
    ],
    [
      'with lengths that are no int32',
      { parameters: [S, doubles], locals: [texts], result: 0, lines: [['SLIST_OF_TEXT', 2, [0, 1]], ['RETURN']] },
      'lengths that are no Int32Array',
    ],
    [
      'with an element of another type',
      { locals: [numbers, I], result: 0, lines: [['NLIST_PUSH', 0, [0, 1]], ['RETURN']] },
      'an operand of another type',
    ],
    [
      'that are no arrays',
      { locals: [N, K], result: 0, lines: [['LIST_LENGTH', 1, [0]], ['RETURN']] },
      'an operand of another type',
    ],
    ['of a type behind the last', { locals: [9], result: 0, lines: [['RETURN']] }, 'registers of a type that is none'],
  ])('%s', (_, text, message) => {
    it('are refused', () => {
      expect(() => open(text)).toThrow(message)
    })
  })
})
