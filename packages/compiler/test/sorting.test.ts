// `sort(f)`: the questions that are asked, and the answers, are V8's, also of a function that contradicts itself.
import { expect, it } from 'vitest'
import { Random } from '../fuzz/random.ts'
import { sortWith } from '../src/lower/sorting.ts'
import { describeRun, differences, differencesInC } from './exact.ts'

type Compare = (x: number, y: number) => unknown
// oxlint-disable-next-line typescript/no-implied-eval -- the text is ours
const sort = new Function('f', `return ${sortWith}`) as (f: Compare) => (list: number[]) => number[]

const compares: readonly (() => Compare)[] = [
  () => (x, y) => x - y,
  () => (x, y) => y - x,
  () => (x, y) => x > y,
  () => (x, y) => (x % 10) - (y % 10),
  () => () => 0,
  () => () => 1,
  () => () => -1,
  () => () => undefined,
  () => {
    let n = 7
    return () => ((n = (n * 1103515245 + 12345) % 2 ** 31) % 3) - 1
  },
]

const lengths = [0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 65, 100, 130, 257, 700]

function numbersOf(random: Random, length: number): number[] {
  const shape = random.below(5)
  return Array.from({ length }, (_, i) => {
    if (shape === 0) return random.below(5)
    if (shape === 1) return random.chance(0.1) ? random.below(50) : i
    if (shape === 2) return length - i
    if (shape === 3) return i % 37
    return random.chance(0.1) ? NaN : random.uint32()
  })
}

it('asks what V8 asks', () => {
  const random = new Random(20_261_122)
  for (let turn = 0; turn < 600; turn++) {
    const given = numbersOf(random, random.pick(lengths))
    const make = random.pick(compares)
    const asked: number[][] = [[], []]
    const [ours, theirs] = asked.map((log) => {
      const compare = make()
      return (x: number, y: number): unknown => (log.push(x, y), compare(x, y))
    }) as [Compare, Compare]
    const expected = given.toSorted(theirs as (x: number, y: number) => number)
    expect([sort(ours)(given.slice()), asked[0]]).toStrictEqual([expected, asked[1]])
  }
})

describeRun('sorting', () => {
  it.each(['(x, y) => x - y', '(x, y) => x > y', '(x, y) => (x % 10) - (y % 10)', '() => -1', '(x, y) => y - x || 1'])(
    'by %s',
    (compare) => {
      const random = new Random(7)
      const rows = lengths.map((length) => [numbersOf(random, length)])
      expect(differences(`(a) => a.sort(${compare})`, ['number[]'], rows)).toStrictEqual([])
    },
  )

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})
