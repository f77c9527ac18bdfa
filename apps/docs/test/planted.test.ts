// The checks of blocks on trial: what is wrong in a planted page is noticed, with its line.
import { describe, expect, test } from 'vitest'
import { commandsOf, problemOf } from '../src/blocks/commands.ts'
import { cCompiler, problemOfData } from '../src/blocks/data.ts'
import { programsOf } from '../src/blocks/programs.ts'
import type { Program } from '../src/blocks/programs.ts'
import { runProgram } from '../src/blocks/run.ts'
import { typeErrors } from '../src/blocks/typecheck.ts'
import { readPage } from '../src/page.ts'
import type { Block, Page } from '../src/page.ts'

const pageOf = (...lines: string[]): Page => readPage('docs/planted.md', `${lines.join('\n')}\n`)
const fence = (info: string, ...lines: string[]): string => ['```' + info, ...lines, '```', ''].join('\n')

function only<T>(list: readonly T[]): T {
  const [first] = list
  if (first === undefined || list.length > 1) throw new Error(`one was expected, there are ${list.length}`)
  return first
}

const blockOf = (info: string, ...lines: string[]): Block => only(pageOf(fence(info, ...lines)).blocks)
const programOf = (...lines: string[]): Program => only(programsOf(pageOf(...lines)))

describe('types', () => {
  test('that are wrong are told with the line of the page', async () => {
    const program = programOf(
      '# Planted',
      '',
      '<!-- context',
      "import { createTasks } from '@catzilla/api'",
      '-->',
      '',
      fence('ts', 'const tasks = createTasks()', "tasks.task((n: number) => n).delay('one')"),
    )
    expect(await typeErrors([program])).toEqual([
      "docs/planted.md:9: error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
    ])
  })

  test('go on over blocks that are continued', async () => {
    const page = pageOf(
      fence('ts', 'const one = 1'),
      fence('ts continued', "const two: string = one + 'x'", 'two.at(0)'),
    )
    expect(await typeErrors(programsOf(page))).toEqual([])
  })
})

describe('programs', () => {
  test('print what they print, whatever the page says', async () => {
    const program = programOf(fence('ts', 'console.log(1 + 1 as number)'), fence('text', '3'))
    expect(program).toMatchObject({ runs: true, prints: '3\n' })
    expect(await runProgram(program, [])).toEqual({ stdout: '2\n', stderr: '', failure: undefined })
  })

  test('that fail say how', async () => {
    const program = programOf(fence('js run', "throw new RangeError('planted')"))
    expect(program.runs).toBe(true)
    const { failure, stderr } = await runProgram(program, [])
    expect(failure).toContain('Command failed')
    expect(stderr).toContain('RangeError: planted')
  })

  test('import the named files of their page', async () => {
    const page = pageOf(
      fence('ts', '// one.ts', 'export const one: number = 1'),
      fence('ts', '// two.ts', "import { one } from './one.ts'", 'console.log(one + one)'),
      fence('text', '2'),
    )
    const [one, two] = programsOf(page)
    if (one === undefined || two === undefined) throw new Error('two programs were expected')
    expect([one.runs, two.runs]).toEqual([false, true])
    expect((await runProgram(two, [one, two])).stdout).toBe('2\n')
  })

  test('that a test elsewhere runs are not run', () => {
    const program = programOf('<!-- run by a.test.ts -->', '', fence('ts', 'console.log(1)'), fence('text', '1'))
    expect(program.runs).toBe(false)
  })
})

test('commands have to name what there is', () => {
  const block = blockOf(
    'sh',
    '$ npm run no-such-script',
    'npm install @catzilla/api @catzilla/no-such-package   # a comment',
    'npx no-such-command --help',
    'npm test -- --project no-such-project',
    'no-such-program',
    'CATZILLA_ENGINE=native npm start',
  )
  expect(commandsOf(block).map(problemOf)).toEqual([
    'no script no-such-script',
    'no package @catzilla/no-such-package: neither here nor in the catalog',
    'npx no-such-command: no package here has that command',
    'no tests of no-such-project',
    'nobody knows the command no-such-program',
    undefined,
  ])
})

test('data that cannot be read is told', () => {
  expect(problemOfData(blockOf('json', '{ "a": }'))).toContain('SyntaxError')
  expect(problemOfData(blockOf('yaml', 'a: [1'))).toContain('YAMLParseError')
  expect(problemOfData(blockOf('yaml', 'a: [1]'))).toBeUndefined()
  expect(problemOfData(blockOf('json', '{ "a": 1 }'))).toBeUndefined()
})

test.skipIf(cCompiler === undefined)('C that does not compile is told', () => {
  expect(problemOfData(blockOf('c', 'int f(void) { return "text"; }'))).toContain('error')
  expect(problemOfData(blockOf('c', '#include "ctz/kernel.h"', 'int f(void) { return 1; }'))).toBeUndefined()
})
