// Objects of a fixed shape in compiled functions, against V8.
import { describe, expect, it } from 'vitest'
import { BAILED, blockersOf, compiled, describeRun, differences, differencesInC, run } from './exact.ts'
import { pairs } from './rows.ts'

const two = ['number', 'number']
const job = { record: { id: 'number', title: 'string', size: { record: { width: 'number', height: 'number' } } } }
const jobs = [
  [{ id: 1, title: 'a', size: { width: 2, height: 3 } }],
  [{ id: -0, title: '', size: { width: NaN, height: 1e300 }, more: [1] }],
]

describeRun('objects', () => {
  it.each([
    '(a, b) => ({ sum: a + b, big: a > b, text: "x" + a })',
    '(a, b) => ({ a, b: { c: b, d: { a } }, "e f": void 0, g: null })',
    '(a, b) => { const o = { x: 1, y: a }; o.x += b; o.y++; o.x = o.y; return o }',
    '(a, b) => { const o = { x: a, y: b }; const { x, y: z = 3, w = 7 } = o; return x + z * w }',
    '(a, b) => { let o = { x: a, y: b }; o = { x: o.y, y: o.x }; return o }',
    '(a, b) => { const o = a > b ? { x: 1, y: b } : { x: a, y: 2 }; return o.x + o["y"] }',
    '(a, b) => { const p = { x: a }; const q = { ...p, y: b, ...p }; return q }',
    '(a, b) => { const half = (x) => ({ low: x / 2, text: String(x) }); const h = half(a); return h.low + h.text + half(b).text }',
    '(a, b) => { const none = () => ({}); const r = none(); return { r, a } }',
    '(a, b) => { let x, y; ({ x, y } = { x: b, y: a }); ({ x: y, y: x } = { x, y }); return x - y }',
    '(a, b) => { const o = { x: a, x: b }; return o }',
    '(a, b) => ({ a }).a + ({ b })["b"]',
    '(a, b) => { const f = ({ x, y = 2 }) => x * y; return f({ x: a }) + f({ x: a, y: b }) }',
    '(a, b) => { const o = { n: 0 }; for (let i = 0; i < 4; i++) { o.n += i * a } return o.n }',
    '(a, b) => ({ x: a, y: a++, z: a, w: (a = b) })',
    '(a, b) => { const o = { v: new Float64Array(2), n: a }; o.v[1] = b; return o.v }',
    '(a, b) => { let last = { x: 0 }; for (let i = 0; i < 3; i++) last = { x: last.x + a }; return last }',
  ])('%s', (text) => {
    expect(differences(text, two, pairs)).toStrictEqual([])
  })

  it.each([
    '(job) => job.id + job.size.width * job.size.height',
    '({ id, title = "none", size: { width } }) => title + id + width',
    '({ id, missing = 5, ...{} }) => id'.replace(', ...{}', ''),
    '(job) => job.missing === undefined ? job.title : 1',
    '(job) => { const { size } = job; return { area: size.width * size.height, of: job.title } }',
    '(job) => job?.size?.width',
  ])('%s', (text) => {
    expect(differences(text, [job], jobs)).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })

  it('takes only plain data for an object', () => {
    const program = compiled('(job) => job.id + (job.extra ?? 1)', [{ record: { id: 'number', name: 'string' } }])
    expect(program.signature.params).toStrictEqual([
      {
        kind: 'record',
        fields: [
          ['id', { kind: 'number' }],
          ['extra', { kind: 'undefined' }],
        ],
      },
    ])
    class Job {
      readonly id = 1
    }
    const getter = {
      get id(): number {
        return 1
      },
    }
    const args = [{ id: 2 }, { id: 2, extra: undefined }, { id: 2, extra: 1 }, {}, getter, new Job(), null, 5, [1]]
    const given = args.map((arg) => run(program, [arg]))
    expect(given).toStrictEqual([3, 3, ...args.slice(2).map(() => BAILED)])
  })
})

describe('what objects may not do', () => {
  it.each([
    ['(job) => job', 'handed in may not be returned'],
    ['(job) => ({ job })', 'handed in may not be returned'],
    ['(job) => { job.id = 1; return job.id }', 'handed in may not be changed'],
    ['(job) => { const o = { x: 1 }; const p = o; p.x = 2; return o.x }', 'two names'],
    ['(job) => { const o = { x: 1 }; const p = { o }; o.x = 2; return p.o.x }', 'two names'],
    ['(job) => { const o = { x: 1 }; o.y = 2; return o.x }', "it has no field 'y'"],
    ['(job) => { const { ...all } = job; return 1 }', 'CZ1006'],
    ['(job) => ({ ...job })', 'more fields than are known'],
    ['(job) => job === job', "'===' of an object and an object"],
    ['(job) => job.toString()', "'toString' of an object"],
    ['(job) => job.constructor', "'constructor' of an object"],
    ['(job) => ({ 1: 2 })', 'CZ1006'],
    ['(job) => ({ __proto__: null })', 'CZ1006'],
    ['(job) => ({ get x() { return 1 } })', 'CZ1006'],
    ['(job) => ({ [job.title]: 1 })', 'CZ1006'],
    ['(job) => job[job.title]', 'CZ1010'],
    ['(job) => job + 1', "'+' of an object"],
    ['(job) => `${job}`', 'an object'],
  ])('%s', (text, words) => {
    expect(blockersOf(text, [job]).join()).toContain(words)
  })
})
