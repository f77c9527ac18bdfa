// Every block of code of the documentation is run, has its types checked, or is looked at as its language asks for.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadCore } from '@catzilla/core-c'
import { describe, expect, test } from 'vitest'
import { commandsOf, isForTerminal, problemOf } from '../src/blocks/commands.ts'
import { cCompiler, problemOfData } from '../src/blocks/data.ts'
import { isScript, programsOf } from '../src/blocks/programs.ts'
import { runProgram } from '../src/blocks/run.ts'
import { typeErrors } from '../src/blocks/typecheck.ts'
import { documents, root, textOf } from '../src/documents.ts'
import { readPage } from '../src/page.ts'
import type { Block } from '../src/page.ts'

const pages = documents().map((path) => readPage(path))
const blocks = pages.flatMap((page) => page.blocks)
const programs = pages.map(programsOf)
const nativeMissing = loadCore().core === undefined
if (nativeMissing) process.stdout.write('programs that need the C engine are not run: it is not compiled here\n')
if (cCompiler === undefined) process.stdout.write('blocks in C are not looked at: there is no C compiler here\n')

const at = ({ page, line }: Block): string => `${page}:${line}`

function terminalProblems(block: Block): string[] {
  return commandsOf(block).flatMap((command) => {
    const problem = problemOf(command)
    return problem === undefined ? [] : [`${at(block)}: ${problem}`]
  })
}

describe('blocks of code', () => {
  test('are of a kind that is checked', () => {
    // a block without a language is a picture
    const kinds = new Set(['ts', 'js', 'mjs', 'text', 'sh', 'console', 'json', 'yaml', 'c', 'indented', ''])
    expect(blocks.filter(({ language }) => !kinds.has(language)).map(at)).toEqual([])
    expect(blocks.filter(isScript).length).toBeGreaterThan(50)
  })

  test('that show what is printed stand below a program, or say which test looks at them', () => {
    const lost = pages.flatMap((page) =>
      page.blocks.filter((block, index) => {
        if (block.runBy !== undefined) return false
        const before = page.blocks[index - 1]
        return block.language === 'console' || (block.language === 'text' && !(before && isScript(before)))
      }),
    )
    expect(lost.map(at)).toEqual([])
  })

  test('that a test elsewhere runs are named there', () => {
    const wrong = blocks.filter(({ runBy, page }) => {
      if (runBy === undefined) return false
      return !existsSync(join(root, runBy)) || !textOf(runBy).includes(page.split('/').at(-1) ?? page)
    })
    expect(wrong.map((block) => `${at(block)}: ${block.runBy}`)).toEqual([])
  })

  test('have the types that they say', async () => {
    expect(await typeErrors(programs.flat())).toEqual([])
  })

  test('the first page leads to a running task in three steps', async () => {
    const first = readPage('docs/README.md')
    const [install, task, shown] = first.blocks
    expect(install && commandsOf(install)).toEqual(['npm install @catzilla/api'])
    const [program] = programsOf(first)
    if (program === undefined || shown === undefined) throw new Error('docs/README.md has no program')
    expect([task?.code.split('\n')[0], program.file]).toEqual(['// first.mjs', 'first.mjs'])
    expect(textOf('docs/README.md')).toContain('node first.mjs')
    expect((await runProgram(program, [])).stdout).toBe(shown.code)
  })

  test('for a terminal name what there is', () => {
    const forTerminals = blocks.filter(
      (block) => block.language === 'sh' || (block.language === 'indented' && isForTerminal(block)),
    )
    expect(forTerminals.flatMap(terminalProblems)).toEqual([])
    expect(forTerminals.length).toBeGreaterThan(10)
  })

  test('in JSON, YAML and C are read', () => {
    const wrong = blocks.flatMap((block) => {
      const problem = problemOfData(block)
      return problem === undefined ? [] : [`${at(block)}: ${problem}`]
    })
    expect(wrong).toEqual([])
  })
})

describe('programs run, and print what stands below them', () => {
  for (const ofPage of programs) {
    const beside = ofPage.filter(({ file }) => !file.startsWith('block-'))
    for (const program of ofPage.filter(({ runs }) => runs)) {
      const declare = program.needsNative && nativeMissing ? test.skip : test.concurrent
      declare(`${program.page}:${program.line}`, async ({ expect: expectHere }) => {
        const { stdout, ...ended } = await runProgram(program, beside)
        expectHere(ended).toEqual({ stderr: '', failure: undefined })
        if (program.prints !== undefined) expectHere(stdout).toBe(program.prints)
      })
    }
  }
})
