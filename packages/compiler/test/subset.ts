// The subset of the language, row by row as it was planned: what each row consists of, and an example of each. An example is
// a function whose parameters say by their names what they are: see `samples`.
import type { TypeHint } from '../src/index.ts'
import { builtins } from '../src/lower/builtins.ts'
import { examples as ofNodes } from './examples.ts'
import { numbers, texts } from './rows.ts'

/** Of a feature, one or several. */
type Examples = Readonly<Record<string, string | readonly string[]>>

export interface SubsetRow {
  readonly row: 1 | 2
  /** By feature, as `featuresOf` names them. */
  readonly items: Examples
}

export interface Sample {
  readonly type: TypeHint
  readonly values: readonly unknown[]
}

const few = [0, -0, 1, 2, -1, 1.5, 3, 100, NaN, Infinity, -Infinity, 2 ** 32]

/** What a parameter of this name is, and values in which mistakes show. */
export const samples: Readonly<Record<string, Sample>> = {
  a: { type: 'number', values: numbers },
  b: { type: 'number', values: few },
  n: { type: 'number', values: [0, 1, 2, 5, 12] },
  s: { type: 'string', values: texts },
  t: { type: 'string', values: ['', 'a', 'aa', 'b', '\u{1f600}', 'X'] },
  ok: { type: 'boolean', values: [true, false] },
  v: {
    type: 'Float64Array',
    values: [new Float64Array([0, -0, NaN, 2 ** 31, 5e-324]), new Float64Array([1]), new Float64Array([-7, 300])],
  },
  l: { type: 'number[]', values: [[], [0, -0, NaN, 1], [3, 1, 2, 1, -Infinity]] },
  w: { type: 'string[]', values: [[], ['', 'b', 'a', '10', '9'], ['\u{1f600}', 'a']] },
  o: { type: 'boolean[]', values: [[], [true, false, true]] },
  r: {
    type: { record: { x: 'number', name: 'string' } },
    values: [
      { x: -0, name: '' },
      { x: NaN, name: '\ud800', z: 1 },
    ],
  },
}

const nodes = (...names: (keyof typeof ofNodes)[]): Examples =>
  Object.fromEntries(names.map((name) => [name, ofNodes[name] ?? '']))

const each = (names: readonly string[], example: (name: string) => string): Examples =>
  Object.fromEntries(names.map((name) => [name, example(name)]))

const named = (start: string): string[] => Object.keys(builtins).filter((name) => name.startsWith(start))
const called = (examples: Examples): Examples =>
  Object.fromEntries(Object.entries(examples).map(([name, example]) => [`${name}()`, example]))
const ofText = (examples: Examples): Examples =>
  Object.fromEntries(Object.entries(examples).map(([call, example]) => [`.${call}()`, example]))

const ofLists = (method: string): string[] =>
  ['(l, a, b)', '(w, t, b)', '(o, ok, b)'].map((head) => {
    const [list, value] = head.slice(1).split(', ')
    return `${head} => ${list}.${method}(${value}) - ${list}.${method}(${value}, b)`
  })

const inSeveralTypes = (op: string): string[] =>
  ['a ${op} b', '(a | 0) ${op} (b | 0)']
    .map((text) => `(a, b) => ${text.replace('${op}', op)}`)
    .concat(`(s, t) => s ${op} t`)

const assigned = ['+=', '-=', '*=', '/=', '%=', '**=', '|=', '&=', '^=', '<<=', '>>=', '>>>=']
const compared = ['<', '<=', '>', '>=', '===', '!==', '==', '!=']

export const subset: Readonly<Record<string, SubsetRow>> = {
  'numbers and control': {
    row: 1,
    items: {
      ...each(['+', '-', '*', '/', '%', '**', '|', '&', '^', '<<', '>>', '>>>'], (op) => `(a, b) => a ${op} b`),
      // also of whole numbers, of texts, and whether there is a remainder
      ...Object.fromEntries(compared.map((op) => [op, inSeveralTypes(op)])),
      '%': ['(a, b) => a % b', '(a, b) => a % b === 0', '(n) => n % 2 !== 0'],
      '|': ['(a, b) => a | b', '(a, b) => ((a | 0) + (b | 0)) | 0', '(a, b) => ((a | 0) - (b | 0)) | 0'],
      ...each(['&&', '||', '??'], (op) => `(a, b) => (a ${op} b) + 1`),
      ...each(
        ['-', '+', '~', '!'].map((op) => `${op} …`),
        (op) => `(a) => ${op[0]}a`,
      ),
      ...each(assigned, (op) => `(a, b) => { let x = a; const y = (x ${op} b); return x + 1 / y }`),
      ...each(
        ['++', '--'].map((op) => `${op} before`),
        (op) => `(a) => { const x = ${op.slice(0, 2)}a; return x * a }`,
      ),
      ...each(
        ['++', '--'].map((op) => `${op} behind`),
        (op) => `(a) => { const x = a${op.slice(0, 2)}; return x * a }`,
      ),
      '=': '(a, b) => { let x = a; x = b; return x + (x = 3) }',
      let: '(a) => { let x = a; { let x = 2; a += x } return x - a }',
      const: '(a) => { const x = a; { const x = 2; a += x } return x - a }',
      var: '(a) => { { var x = a } var x; return x }',
      case: '(a) => { switch (a) { case 0: return 1; case NaN: return 2; case 1: a = 5; case 2: return a } return -1 }',
      default: '(a) => { switch (a) { default: a = 7; case 1: return a; case 2: return -2 } }',
      'BreakStatement with a label': '(a) => { out: { if (a > 1) break out; return 1 } return 2 }',
      'ContinueStatement with a label':
        '(n) => { let x = 0; out: for (let i = 0; i < n; i++) { for (;;) { x += i; continue out } } return x }',
      NaN: '(a) => a + NaN',
      Infinity: '(a) => a * Infinity',
      'a number': '(a) => a + 0x7fffffff + 1e-7 - .5',
      'a boolean': '(a) => a > 1 === true',
      ...nodes(
        'ParenthesizedExpression',
        'BinaryExpression',
        'LogicalExpression',
        'UnaryExpression',
        'UpdateExpression',
      ),
      ...nodes('AssignmentExpression', 'ConditionalExpression', 'SequenceExpression', 'Identifier', 'Literal'),
      ...nodes(
        'IfStatement',
        'ForStatement',
        'WhileStatement',
        'DoWhileStatement',
        'SwitchStatement',
        'LabeledStatement',
      ),
      ...nodes('BreakStatement', 'ContinueStatement', 'ReturnStatement', 'BlockStatement', 'EmptyStatement'),
      ForStatement: [
        ofNodes['ForStatement'] ?? '',
        '(s) => { let at = -1; for (let i = 0; i < s.length; i++) if (i === s.length - 2) at = i | 0; return at }',
      ],
      ...nodes('ExpressionStatement', 'VariableDeclaration'),
    },
  },
  strings: {
    row: 1,
    items: {
      ...nodes('TemplateLiteral', 'MemberExpression'),
      'a string': ['(s) => (s ? s : 0 + s)', '(s) => s + "\\ud83d" + \'é\''],
      '.length': ['(s) => s.length', '(v) => v.length'],
      'a[i]': '(s) => (s + "x")[0]',
      ...ofText({
        at: ['(s) => ("y" + s).at(-1)', '(l, b) => l.at(b) ?? 7'],
        charAt: '(s, b) => s.charAt(b)',
        charCodeAt: [
          '(s, b) => s.charCodeAt(b)',
          '(s) => { let sum = 0; for (let i = 0; i < s.length; i++) sum = (sum * 31 + s.charCodeAt(i)) | 0; return sum }',
        ],
        codePointAt: '(s) => ("a" + s).codePointAt(0)',
        concat: ['(s, b, t) => s.concat(b, t)', '(l, a) => l.concat(l, a)'],
        endsWith: '(s, t, b) => s.endsWith(t, b)',
        includes: ['(s, t, b) => s.includes(t, b)', '(l, a) => l.includes(a)', '(w, t) => w.includes(t)'],
        indexOf: ['(s, t, b) => s.indexOf(t, b)', ...ofLists('indexOf')],
        lastIndexOf: ['(s, t, b) => s.lastIndexOf(t, b)', ...ofLists('lastIndexOf')],
        padEnd: '(s, n, t) => s.padEnd(n, t)',
        padStart: '(s, n, t) => s.padStart(n, t)',
        repeat: '(s, n) => s.repeat(n)',
        replace: '(s, t) => s.replace(t, "-")',
        replaceAll: '(s, t) => s.replaceAll(t, "-")',
        slice: ['(s, b) => s.slice(b) + s.slice(1, b)', '(l, b) => l.slice(b).concat(l.slice(1, b))'],
        startsWith: '(s, t, b) => s.startsWith(t, b)',
        substr: '(s, b) => s.substr(b) + s.substr(1, b)',
        substring: '(s, b) => s.substring(b) + s.substring(1, b)',
        toLowerCase: '(b) => (b + " ABC").toLowerCase()',
        toUpperCase: '(b) => (b + " abc").toUpperCase()',
        trim: '(s) => s.trim()',
        trimEnd: '(s) => s.trimEnd()',
        trimStart: '(s) => s.trimStart()',
        valueOf: '(s) => s.valueOf()',
      }),
    },
  },
  'numbers to strings, Math, Number, Date.now': {
    row: 1,
    items: {
      ...called(
        each(named('Math.'), (name) =>
          name === 'Math.random' ? '() => Math.random() < 1' : `(a, b) => ${name}(a, b)`,
        ),
      ),
      ...called(each(named('Number.is'), (name) => `(a) => ${name}(a)`)),
      ...called({
        'Date.now': '() => Date.now() > 1e12',
        'Object.is': '(a, b) => Object.is(a, b)',
        'String.fromCharCode': '(a) => String.fromCharCode(a, 65)',
        Boolean: '(a) => Boolean(a)',
        Number: ['(ok) => Number(ok)', '(s) => Number(s)'],
        String: ['(a) => String(a)', '(a) => String(a | 0)', '(ok) => String(ok)'],
        isFinite: '(a) => isFinite(a)',
        isNaN: '(a) => isNaN(a)',
      }),
      ...ofText({ toFixed: '(a, n) => a.toFixed(n)', toString: '(a) => a.toString() + (a | 0).toString(16)' }),
    },
  },
  'typed arrays, throw, recursion': {
    row: 1,
    items: {
      'takes a typed array': [
        '(v) => v[0]',
        '(v) => { let sum = 0; for (let i = 0; i < v.length; i++) sum += v[i] ** 2; return sum }',
      ],
      'gives a typed array': '(v, a) => { v[0] = a; return v }',
      'new Float64Array()': '(a) => { const made = new Float64Array(3); made[1] = a; return made }',
      'a[i] =': [
        '(v, a) => { v[0] = a; v[0] *= 2; v[0]++; return v[0] }',
        '(v, n, a) => { v[n / 4] = a; return v[n / 4] }',
      ],
      '.fill()': [
        '(v, a, n) => v.fill(a, n - 2)',
        '(l, a, n) => l.fill(a, n - 2)',
        '(w, s) => w.fill(s, 1)',
        '(o, ok) => o.fill(ok, -1)',
      ],
      NewExpression: '(a) => { const made = new Uint8Array(2); made[1] = a; return made[1] }',
      ThrowStatement: '(a) => { if (a > 1) throw new Error("large"); return a }',
      'a function that calls itself': 'function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }',
    },
  },
  'records, captures, calls': {
    row: 1,
    items: {
      'takes record': '(r) => r.x + r.name',
      'ObjectPattern as a parameter': '({ x, name }) => name + x',
      'gives record': '(r, a) => ({ x: r.x + a, name: r.name, inner: { a } })',
      'a.b =': '(a, b) => { const point = { x: a, y: b }; point.x -= b; point.y = point.x; return point.y }',
      'captures number': '(a) => a * RATE',
      'captures string': '(a) => NAME + a',
      'captures boolean': '(a) => ON && a > 1',
      'captures object': '(a) => a * SETTINGS.x + SETTINGS.inner.y',
      'captures function': '(a) => clamp(a) - 1',
      ...nodes('ObjectExpression', 'ObjectPattern', 'CallExpression', 'FunctionDeclaration', 'FunctionExpression'),
      ...nodes('ArrowFunctionExpression'),
    },
  },
  'console and sleep': {
    row: 1,
    items: {
      ...called(
        each(
          ['debug', 'error', 'info', 'log', 'warn'].map((name) => `console.${name}`),
          (name) => `(n) => { if (n > 99) ${name}(n, "x"); return n }`,
        ),
      ),
      'a boolean': '(n) => { if (n > 99) console.log(n > 1, true); return n }',
      'Atomics.wait()': '() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, -1)',
    },
  },
  arrays: {
    row: 2,
    items: {
      'takes an array': ['(l) => l.length', '(l, n) => l[n] ?? -1', '(w, n) => w[n] ?? ""', '(o, n) => o[n] ?? false'],
      'a[i] =': [
        '(l, a) => { l[0] = a; return l }',
        '(w, s) => { w[0] = s; w[w.length] = s; return w }',
        '(o, ok) => { o[0] = ok; o[o.length] = ok; return o }',
      ],
      '===': '(l, a) => { const other = [a]; const same = l; return l === other || l === same }',
      'gives an array': '(l, a) => [...l, a]',
      ...called({
        'Array.from': '(l) => Array.from(l, (x) => x * 2)',
        'Array.isArray': '(l) => Array.isArray(l)',
        'Array.of': '(a, b) => Array.of(a, b)',
        'new Array': '(a) => new Array(3).fill(a)',
      }),
      ...ofText({
        every: '(l) => l.every((x) => x > 0)',
        filter: '(l) => l.filter((x) => x !== 1)',
        find: '(l, a) => l.find((x) => x > a) ?? -1',
        findIndex: '(l, a) => l.findIndex((x) => x === a)',
        findLast: '(l, a) => l.findLast((x) => x < a) ?? -1',
        findLastIndex: '(l, a) => l.findLastIndex((x) => x === a)',
        forEach: '(l) => { let sum = 0; l.forEach((x, i) => { sum += x * i }); return sum }',
        join: '(w, t) => w.join(t)',
        map: '(l) => l.map((x, i) => x / i)',
        pop: '(l) => { const last = l.pop(); return [...l, last ?? 7] }',
        push: [
          '(w, s) => { w.push(s); return w }',
          '(o, ok) => { o.push(ok); return o }',
          '(l, a) => { const length = l.push(a, 1); return [...l, length] }',
        ],
        reduce: '(l) => l.reduce((sum, x) => sum - x, 0)',
        reduceRight: '(l) => l.reduceRight((sum, x) => sum - x, 0)',
        reverse: '(l) => l.reverse()',
        shift: '(l) => { const first = l.shift(); return [...l, first ?? 7] }',
        some: '(l, a) => l.some((x) => Object.is(x, a))',
        sort: '(l) => l.sort((x, y) => x - y)',
        splice: '(l, b) => { l.splice(1, b, 5); return l }',
        split: ['(s, t) => s.split(t)', '(s) => [...s]'],
        toReversed: '(w) => w.toReversed()',
        toSorted: '(w) => w.toSorted()',
        unshift: '(l, a) => { l.unshift(a); return l }',
      }),
      ...nodes('ArrayExpression', 'ArrayPattern', 'RestElement', 'SpreadElement'),
    },
  },
  'numbers of strings': {
    row: 2,
    items: called({
      parseInt: '(s, b) => parseInt(s, b)',
      parseFloat: '(s) => parseFloat(s)',
      'Number.parseInt': '(s) => Number.parseInt(s)',
      'Number.parseFloat': '(s) => Number.parseFloat(s)',
    }),
  },
  'null, undefined, for-of, try': {
    row: 2,
    items: {
      null: '(a) => { let best = null; if (a > 1) best = a; return best ?? -1 }',
      undefined: '(a) => { let best; if (a > 1) best = a; return best === undefined ? -1 : best }',
      'gives maybe': '(a) => (a > 1 ? a : null)',
      'gives undefined': '(a) => { a + 1 }',
      'typeof …': '(a, s) => typeof a + typeof s + typeof (a > 1)',
      'void …': '(a) => void a === undefined',
      ...each(['&&=', '||=', '??='], (op) => `(a, b) => { let x = a; x ${op} b; return x }`),
      'AssignmentPattern as a parameter': '(a) => { const f = (x, y = x * 2) => x - y; return f(a) + f(a, 1) }',
      catch: '(a) => { try { if (a > 1) throw a; return a } catch { return -1 } }',
      'catch (error)': '(a) => { try { if (a > 1) throw a; return a } catch (error) { return -1 } }',
      finally: '(a) => { let x = 0; try { if (a > 1) return x; x = a } finally { x++ } return x }',
      ...nodes('AssignmentPattern', 'ChainExpression', 'ForOfStatement', 'TryStatement'),
    },
  },
}
