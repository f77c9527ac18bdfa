// Bodies are loaded in real threads: evaluated from their text, found in ESM and CommonJS modules, or among the tasks that
// a module defines.
import { basename, join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { taskCodeOf } from '../../src/isolates/code/task-code.ts'
import type { TaskCode } from '../../src/isolates/code/task-code.ts'
import { callInThread, startThread } from './isolate.ts'
import type { Isolate } from './isolate.ts'

const fixture = (file: string): string => join(import.meta.dirname, 'fixtures', file)

function moduleCode(file: string, name: string, exported?: string): TaskCode {
  const code = taskCodeOf(name, () => {}, fixture(file))
  return { ...code, exported } as TaskCode
}

let thread: Isolate

beforeAll(() => {
  thread = startThread()
})

afterAll(() => thread.end())

describe('text', () => {
  test('a function, at once', async () => {
    const code = taskCodeOf('add', (a: number, b: number) => a + b, undefined)
    expect(await thread.call(code, 1, 2)).toEqual({ value: 3, atOnce: [true, true] })
  })

  test('methods, generators and recursion', async () => {
    const bodies = {
      method(this: void, a: number) {
        return a + 1
      },
      async 'a b'(this: void, a: number) {
        await Promise.resolve()
        return a + 2
      },
    }
    expect(await thread.call(taskCodeOf('m', bodies.method, undefined), 1)).toMatchObject({ value: 2 })
    expect(await thread.call(taskCodeOf('n', bodies['a b'], undefined), 1)).toMatchObject({ value: 3 })
    function fact(n: number): number {
      return n < 2 ? 1 : n * fact(n - 1)
    }
    expect(await thread.call(taskCodeOf('fact', fact, undefined), 5)).toMatchObject({ value: 120 })
  })

  test('dynamic import of what comes with Node, and of a package from the working directory', async () => {
    const hash = taskCodeOf(
      'h',
      async () => (await import('node:crypto')).createHash('md5').update('a').digest('hex'),
      undefined,
    )
    expect(await thread.call(hash)).toMatchObject({ value: '0cc175b9c0f1b6a831c399e269772661' })
    const packaged = taskCodeOf('p', async () => typeof (await import('esbuild')).transform, undefined)
    expect(await thread.call(packaged)).toMatchObject({ value: 'function' })
  })

  test('code is strict, or sloppy when it was', async () => {
    const strict: TaskCode = taskCodeOf(
      's',
      () =>
        (function (this: unknown) {
          return this
        })() === undefined,
      undefined,
    )
    expect(await thread.call(strict)).toMatchObject({ value: true })
    const sloppy = runInNewContext('(function (a) { arguments[0] = 2; return a })') as (a: number) => number
    expect(await thread.call(taskCodeOf('sloppy', sloppy, undefined), 1)).toMatchObject({ value: 2 })
  })

  test('names of functions are kept, also where a transpiler keeps them', async () => {
    const code = taskCodeOf(
      't',
      runInNewContext('() => { const f = __name(() => 1, "kept"); return f.name }') as () => string,
      undefined,
    )
    expect(await thread.call(code)).toMatchObject({ value: 'kept' })
  })

  test('a text that gives no function, or does not run', async () => {
    const none = await thread.call({ kind: 'source', name: 'x', text: '1 + 1' })
    expect(none.error).toMatchObject({
      name: 'TaskDefinitionError',
      message: expect.stringContaining("task 'x': its text gives 2 and no function"),
    })
    const broken = await thread.call({ kind: 'source', name: 'x', text: '(' })
    expect(broken.error).toMatchObject({
      name: 'TaskDefinitionError',
      message: expect.stringContaining('cannot be evaluated here'),
      cause: expect.any(String),
    })
  })
})

describe('modules', () => {
  test.each([
    ['an export of the name of the function', moduleCode('exports.mjs', 'x', 'double'), [2], 4],
    ['an export of the name of the task', moduleCode('exports.mjs', 'double'), [2], 4],
    ['an export with dots', moduleCode('exports.mjs', 'task.with.dots'), [2], 4],
    ['an export inside the default export', moduleCode('exports.mjs', 'insideDefault'), ['x'], 'default x'],
    ['the default export by its name', moduleCode('default-function.mjs', 'x', 'resize'), ['x'], 'resized x'],
    ['the default export, anonymous', moduleCode('default-function.mjs', 'x', 'default'), ['x'], 'resized x'],
    ['CommonJS', moduleCode('exports.cjs', 'x', 'own'), ['/a/b'], 'b exports.cjs'],
  ] as const)('%s', async (_, code, args, value) => {
    expect(await thread.call(code, ...args)).toMatchObject({ value, atOnce: [expect.any(Boolean), true] })
  })

  test('a module is loaded once', async () => {
    expect(await thread.call(moduleCode('exports.mjs', 'loaded'))).toMatchObject({ value: 1 })
    expect(await thread.call(moduleCode('exports.mjs', 'other', 'loaded'))).toMatchObject({ value: 1 })
  })

  test.each([
    [
      'nothing of that name',
      moduleCode('exports.mjs', 'duoble'),
      /exports .*double, loaded, notAFunction.*did you mean "double"\?/,
    ],
    [
      'something that is no function',
      moduleCode('exports.mjs', 'x', 'notAFunction'),
      /no function of that name, nor a function "notAFunction"/,
    ],
    ['a file that is not there', moduleCode('gone.mjs', 'x'), /gone\.mjs is not there; give module: import\.meta\.url/],
    [
      'a module that throws',
      moduleCode('throws.mjs', 'x'),
      /did not load in the thread or process of the task: no such luck \(line 2\)$/,
    ],
    [
      'a module that throws in a function that it calls',
      moduleCode('throws-below.mjs', 'x'),
      /did not load in the thread or process of the task: no such luck \(line 3\)$/,
    ],
    [
      'an export that another module lacks',
      moduleCode('missing-import.mjs', 'x'),
      /did not load .*'\.\/exports\.mjs' does not provide an export named 'tripled' \(line 2\)$/,
    ],
    [
      'a function that is not exported',
      moduleCode('not-exported.mjs', 'x', 'resize'),
      /exports rename and tasks are defined as nothing; resize \(line 3\) is not exported\. Define/,
    ],
    [
      'a constant that is not exported',
      moduleCode('not-exported.mjs', 'crop'),
      /exports rename and tasks are defined as nothing; crop \(line 8\) is not exported\. Define/,
    ],
    [
      'a dependency that is not there',
      moduleCode('missing-dependency.mjs', 'x'),
      /did not load .*catzilla-is-not-installed/,
    ],
  ])('%s', async (_, code, message) => {
    const { error } = await thread.call(code)
    expect(error).toMatchObject({ name: 'TaskDefinitionError', message: expect.stringMatching(message) })
    expect(error?.message).toContain(`task '${code.name}'`)
  })

  test('what a module throws is the cause', async () => {
    const { error } = await thread.call(moduleCode('throws.mjs', 'x'))
    expect(error?.cause).toBe('no such luck')
  })
})

describe('tasks that a module defines', () => {
  test.each([
    ['by its name and module', 'greet', ['you'], 'hello you'],
    ['by its name alone', 'plain', [], 'isolate'],
    ['of this module, when another has one of the name', 'both', [], 'here'],
    [
      'life cycle, listeners and figures do no harm',
      'harmless',
      [],
      { totalQueued: 0, name: 'isolate', report: { completed: 0, cancelled: 0, requeued: 0, abandoned: [] } },
    ],
    ['what needs tasks is refused', 'refused', [], Array.from({ length: 7 }, () => 'UnsupportedByEngineError')],
  ] as const)('%s', async (_, name, args, value) => {
    expect(await thread.call(moduleCode('tasks.ts', name), ...args)).toMatchObject({ value })
  })

  test.each([
    ['twice under one name', 'twice', /define 2 tasks of that name/],
    ['one of another module', 'far', /task 'far' there is that of module: 'file:.*exports\.mjs'/],
    ['a name that is near', 'gret', /tasks are defined as greet, plain.*did you mean "greet"\?/],
  ])('%s', async (_, name, message) => {
    const { error } = await thread.call(moduleCode('tasks.ts', name))
    expect(error).toMatchObject({ name: 'TaskDefinitionError', message: expect.stringMatching(message) })
  })

  test('a body that submits is told what to do', async () => {
    const { error } = await thread.call(moduleCode('tasks.ts', 'submits'))
    expect(error).toMatchObject({
      name: 'UnsupportedByEngineError',
      message:
        "task 'greet': tasks cannot be submitted from inside a thread/process lane task; return what is to be done, or do it in the main process",
    })
  })

  test('a module that submits when it is loaded is told what to do', async () => {
    const { error } = await thread.call(moduleCode('submits.ts', 'early'))
    expect(error).toMatchObject({
      name: 'TaskDefinitionError',
      message: expect.stringMatching(
        /submits\.ts does more than define tasks when it is loaded: .*put the tasks into a module of their own/,
      ),
    })
  })
})

test('a thread that fails to load one body goes on with others', async () => {
  const { error } = await callInThread(moduleCode('throws.mjs', 'x'))
  expect(error?.message).toContain(basename('throws.mjs'))
})
