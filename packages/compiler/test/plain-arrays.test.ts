// Arrays that are not what arrays are by themselves stay with JavaScript, and nothing of them runs while they are looked at.
import { expect, it } from 'vitest'
import { flattenArguments } from '../src/index.ts'
import { BAILED, compiled, describeRun, run } from './exact.ts'

class Stack extends Array<number> {}

const ran: string[] = []
const withGetter = (): number[] => Object.defineProperty([1, 2], 0, { get: () => ran.push('getter') })
const withSetter = (): number[] =>
  Object.defineProperty([1, 2], 0, {
    set(value: number) {
      ran.push(`setter ${value}`)
    },
  })
const holey = (): number[] => {
  const made = [1, 2, 3]
  Reflect.deleteProperty(made, 1)
  return made
}
const iterating = (): number[] =>
  Object.assign([1], {
    *[Symbol.iterator]() {
      ran.push('iterator')
      yield 7
    },
  })
const proxied = (): number[] =>
  new Proxy([1, 2], {
    get: (target, name, own) => (ran.push(String(name)), Reflect.get(target, name, own) as unknown),
  })

describeRun('arrays that are handed in', () => {
  it.each([
    ['a getter', withGetter()],
    ['a setter', withSetter()],
    ['a hole', holey()],
    ['a hole at the end', Array(2)],
    ['a proxy', proxied()],
    ['a class of its own', Stack.of(1, 2)],
    ['another prototype', Object.setPrototypeOf([1], null)],
    ['a frozen one', Object.freeze([1])],
    ['a sealed one', Object.seal([1])],
    ['one that cannot grow', Object.preventExtensions([1])],
    ['an iterator of its own', iterating()],
    ['a method of its own', Object.assign([1], { map: () => ran.push('map') })],
    ['a constructor of its own', Object.assign([1], { constructor: Stack })],
    ['other elements', [1, '2']],
    ['undefined inside', [1, undefined]],
    ['no array', { 0: 1, length: 1 }],
  ])('leaves %s to JavaScript', (_, odd) => {
    const program = compiled('(a) => a.length', ['number[]'])
    expect(run(program, [odd])).toBe(BAILED)
    expect(ran).toStrictEqual([])
  })

  it('leaves an array with a getter on a prototype to JavaScript', () => {
    const odd = holey()
    const { signature } = compiled('(a) => a.length', ['number[]'])
    let taken: unknown
    // oxlint-disable-next-line eslint/no-extend-native -- it is what must not run
    Object.defineProperty(Array.prototype, 1, { get: () => ran.push('prototype'), configurable: true })
    try {
      taken = flattenArguments(signature, [odd])
    } finally {
      Reflect.deleteProperty(Array.prototype, 1)
    }
    expect([taken, ran]).toStrictEqual([undefined, []])
  })

  it('looks closely at what is written to', () => {
    const reads = compiled('(a) => a[0]', ['number[]'])
    const writes = compiled('(a) => { a[0] = 2; return a[0] }', ['number[]'])
    const constant = (): number[] => Object.defineProperty([1, 2], 0, { writable: false })
    const fixed = (): number[] => Object.defineProperty([1, 2], 'length', { writable: false })
    expect([run(reads, [constant()]), run(writes, [constant()])]).toStrictEqual([1, BAILED])
    expect([run(reads, [fixed()]), run(writes, [fixed()])]).toStrictEqual([1, BAILED])
    expect(reads.signature.params).toStrictEqual([{ kind: 'list', of: 'number', written: false }])
    expect(writes.signature.params).toStrictEqual([{ kind: 'list', of: 'number', written: true }])
  })

  it('takes one array for one argument only', () => {
    const program = compiled('(a, b) => { a.push(1); return b.length }', ['number[]', 'number[]'])
    const twice = [1]
    expect([run(program, [twice, twice]), run(program, [twice, [1]])]).toStrictEqual([BAILED, 1])
    expect(twice).toStrictEqual([1])
  })

  it.each([
    ['(a) => { const b = a; b.push(1); return 0 }', true],
    ['(a) => { const f = (x) => { x.length = 0 }; f(a); return 0 }', true],
    ['(a) => { const b = a.slice(); b.push(1); return a[0] }', false],
    ['(a) => a.map((x) => x).sort()', false],
    ['(a) => a.sort((x, y) => x - y)', true],
    ['(a) => { a.forEach((x, i, all) => { all[i] = x * 2 }); return a[0] }', true],
  ])('knows whether %s writes to its argument: %s', (text, written) => {
    expect(compiled(text, ['number[]']).signature.params).toStrictEqual([{ kind: 'list', of: 'number', written }])
  })

  it('takes arrays in objects', () => {
    const program = compiled('({ a, name }) => a.join(name)', [{ record: { a: 'string[]', name: 'string' } }])
    expect(run(program, [{ a: ['x', 'y'], name: '-' }])).toBe('x-y')
    expect(run(program, [{ a: Object.freeze(['x']), name: '-' }])).toBe(BAILED)
  })
})
