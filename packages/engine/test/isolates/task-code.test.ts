// What becomes of a task's body at its definition: its text, its module, or an error that says which variable is in the way
// and what to do.
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { TaskDefinitionError } from '../../src/contract/errors.ts'
import type { TaskHandler } from '../../src/contract/task.ts'
import { isGlobalName } from '../../src/isolates/code/global-names.ts'
import { taskCodeOf } from '../../src/isolates/code/task-code.ts'
import { markWrapped } from '../../src/isolates/code/wrapped-body.ts'

function functionOf(expression: string): TaskHandler {
  return runInNewContext(`(${expression})`) as TaskHandler
}

function messageOf(handler: TaskHandler): string {
  const thrown = thrownBy(() => taskCodeOf('t', handler, undefined))
  expect(thrown).toBeInstanceOf(TaskDefinitionError)
  return thrown.message
}

describe('module', () => {
  const path = join(import.meta.dirname, 'a b#.mjs')
  const url = pathToFileURL(path).href
  const named = function resize(): void {}

  test.each([
    ['a file URL', url],
    ['an absolute path', path],
  ])('%s', (_, module) => {
    expect(taskCodeOf('t', named, module)).toEqual({ kind: 'module', name: 't', url, exported: 'resize' })
    expect(
      taskCodeOf(
        't',
        (
          () => () =>
            1
        )(),
        module,
      ),
    ).toEqual({ kind: 'module', name: 't', url, exported: undefined })
  })

  test('a name that is no text is none', () => {
    const odd = Object.defineProperty(() => 1, 'name', { value: { toString: () => 'x' } })
    expect(taskCodeOf('t', odd, url)).toMatchObject({ exported: undefined })
    expect(taskCodeOf('t', odd, undefined)).toMatchObject({ kind: 'source' })
  })

  test('nothing about the function matters', () => {
    expect(taskCodeOf('t', Math.max, url)).toMatchObject({ kind: 'module', exported: 'max' })
  })

  test.each(['./a.mjs', 'a.mjs', 'https://a.b/c.mjs', 'data:text/javascript,1', '', 7 as unknown as string])(
    'not %j',
    (module) => {
      expect(() => taskCodeOf('t', named, module)).toThrow(
        /^task 't': module is the file that has the task: import\.meta\.url \(in CommonJS __filename\), .* got /,
      )
    },
  )
})

describe('text', () => {
  test('is an expression that gives the function', () => {
    const code = taskCodeOf('t', functionOf('(a) => a + 1'), undefined)
    expect(code).toMatchObject({ kind: 'source', name: 't' })
    const { text } = code as { readonly text: string }
    expect((runInNewContext(text) as (a: number) => number)(1)).toBe(2)
  })

  test.each([
    ['an arrow keeps the name of its variable', `(() => { const named = () => 1; return named })()`, 'named'],
    ['a method keeps its name', '({ named() {} }).named', 'named'],
    ['one whose name is no word gets one', `({ 'a b'() {} })['a b']`, 'method'],
    ['__proto__ is a name like others', `({ ['__proto__']() {} })['__proto__']`, 'method'],
  ])('%s', (_, expression, name) => {
    const { text } = taskCodeOf('t', functionOf(expression), undefined) as { readonly text: string }
    expect((runInNewContext(text) as TaskHandler).name).toBe(name)
  })
})

describe('errors', () => {
  test('name the task, the function, the variables, their lines, and the remedy', () => {
    const message = messageOf(
      functionOf('async function resize(path) {\n  const a = sharp(path)\n  return a.to(\n    size)\n}'),
    )
    expect(message).toBe(
      "task 't': function resize takes from outside what does not travel to another thread or process: sharp (line 2); size (line 4). Pass it as an argument, or give the task module: import.meta.url (in CommonJS module: __filename), so that its module is imported there",
    )
  })

  test('a name is said once, and not more than five', () => {
    expect(messageOf(functionOf('() => [a, a, b, c, d, e, f, g]'))).toContain(
      ': a (line 1); b (line 1); c (line 1); d (line 1); e (line 1); 2 more.',
    )
  })

  test.each([
    [
      'its own name',
      `(() => { const fact = (n) => fact(n - 1); return fact })()`,
      'fact (line 1), its own name: write it as function fact(…)',
    ],
    [
      'CommonJS',
      `() => require('sharp')`,
      "require (line 1), which belongs to its CommonJS module; await import('node:…') travels",
    ],
    [
      'an import in vitest',
      '() => __vite_ssr_import_0__.x',
      '__vite_ssr_import_0__ (line 1), which stands for an import of its module',
    ],
    ['import.meta in vitest', '() => __vite_ssr_import_meta__.url', 'which stands for import.meta of its module'],
    [
      'a relative import in vitest',
      `() => __vite_ssr_dynamic_import__('/src/a.ts')`,
      "import('/src/a.ts') (line 1), which is relative to its module",
    ],
    ['istanbul', '() => { cov_1abc().s[0]++ }', 'cov_1abc (line 1), a counter that coverage by istanbul put there'],
    [
      'a helper of a transpiler',
      '() => __awaiter(this_, 0)',
      '__awaiter (line 1), which a transpiler put there: a newer target needs none',
    ],
    [
      'a helper of babel',
      '(o) => _classPrivateFieldGet(o)',
      '_classPrivateFieldGet (line 1), which a transpiler put there',
    ],
    [
      'an import in transpiled CommonJS',
      '() => node_crypto_1.x',
      'node_crypto_1 (line 1), perhaps an import that was renamed by a transpiler',
    ],
    ['this', '() => this.a', 'this (line 1): a task has no object that it is called on'],
    ['super', '({ m() { return super.m() } }).m', 'super (line 1): a task has no object'],
    [
      'a private name',
      '(class { static #p; static m(o) { return o.#p } }).m',
      '#p (line 1), a private name of its class',
    ],
    ['a relative import', `() => import('./a.js')`, "import('./a.js') (line 1), which is relative to its module"],
    ['a method that is private', '(class { static #p() {} static get() { return this.#p } }).get()', 'cannot be read'],
    ['a class', 'class A {}', 'its body is the class A; give a function'],
    ['something built in', 'Math.max', 'function max is built in, bound or a proxy, and has no text'],
    ['something bound', '(function a() {}).bind(1)', 'function bound a is built in, bound or a proxy'],
    ['a proxy', 'new Proxy(function a() {}, {})', 'is built in, bound or a proxy'],
  ])('%s', (_, expression, words) => {
    const message = messageOf(functionOf(expression))
    expect(message).toContain(words)
    expect(message).toMatch(/^task 't': /)
  })

  test('import.meta, where it is real', async () => {
    const source = 'data:text/javascript,export const asksItsModule = () => import.meta.url'
    const { asksItsModule } = (await import(/* @vite-ignore */ source)) as { asksItsModule: TaskHandler }
    expect(messageOf(asksItsModule)).toContain('import.meta (line 1)')
  })

  test('a function that stands for a body says why', () => {
    const wrapper = markWrapped(() => 1, 'is checked against its output schema')
    expect(messageOf(wrapper)).toBe(
      "task 't': its body is checked against its output schema, which does not travel as text; give the task module: import.meta.url (in CommonJS module: __filename), so that its module is imported there",
    )
  })
})

describe('globals', () => {
  test('what a program adds to its own global object is none', () => {
    const own = globalThis as { catzillaOwnGlobal?: number }
    own.catzillaOwnGlobal = 1
    try {
      expect(messageOf(functionOf('() => catzillaOwnGlobal'))).toContain('catzillaOwnGlobal (line 1)')
    } finally {
      delete own.catzillaOwnGlobal
    }
  })

  test.each(['window', 'Bun', 'Deno', 'gc', 'document'])('%s may be asked for with typeof', (name) => {
    const asking = `() => typeof ${name} === 'undefined' ? 1 : ${name}.x`
    expect(taskCodeOf('t', functionOf(asking), undefined)).toMatchObject({
      kind: 'source',
      text: expect.stringContaining(asking),
    })
    expect(messageOf(functionOf(`() => ${name}.x`))).toContain(`${name} (line 1)`)
  })

  test('another name may not: it may be a variable', () => {
    expect(messageOf(functionOf('() => typeof settings'))).toContain('settings (line 1)')
  })

  test('every global of this Node is known', async () => {
    const worker = new Worker(
      'require("worker_threads").parentPort.postMessage(Object.getOwnPropertyNames(globalThis))',
      { eval: true, execArgv: [] },
    )
    const [names] = (await once(worker, 'message')) as [string[]]
    // `eval: true` makes the worker a CommonJS module in the global scope
    const own = new Set(['__filename', 'module', 'exports', '__dirname', 'require'])
    expect(names.filter((name) => !own.has(name) && !isGlobalName(name))).toEqual([])
  })
})
