// Blocks of code as programs: what stands in a file of its own, with what it needs in front of it, and what it prints.
import type { Block, Page } from '../page.ts'

export interface Program {
  readonly page: string
  readonly line: number
  /** Its file, below the folder of its page; a block says it in its first line: `// words.mjs`. */
  readonly file: string
  readonly code: string
  /** Lines of `code` that do not stand in the block. */
  readonly linesBefore: number
  /** Whether it is run here: something stands below that it prints, or it has the word `run`. */
  readonly runs: boolean
  /** What it prints; undefined: that does not matter. */
  readonly prints: string | undefined
  readonly needsNative: boolean
}

const scripts = new Set(['ts', 'js', 'mjs'])

export function isScript({ language }: Block): boolean {
  return scripts.has(language)
}

/**
 * The programs of a page. A block with the word `continued` goes on where the block of code before it ended.
 * What stands in the `text` block directly after a program is what it prints.
 */
export function programsOf({ blocks }: Page): Program[] {
  const programs: Program[] = []
  let before = ''
  let printedBefore = ''
  blocks.forEach((block, index) => {
    if (!isScript(block)) return
    if (!block.words.includes('continued')) before = printedBefore = ''
    const head = before + block.context
    const code = head + block.code
    const prints = printedBy(blocks, index)
    if (prints !== undefined) printedBefore += prints
    before = code
    programs.push({
      page: block.page,
      line: block.line,
      file: nameOf(block) ?? `block-${block.line}.${block.language}`,
      code,
      linesBefore: head.split('\n').length - 1,
      runs: block.runBy === undefined && (prints !== undefined || block.words.includes('run')),
      prints: prints === undefined ? undefined : printedBefore,
      needsNative: block.needsNative,
    })
  })
  return programs
}

function printedBy(blocks: readonly Block[], index: number): string | undefined {
  const next = blocks[index + 1]
  return next?.language === 'text' ? next.code : undefined
}

function nameOf({ code }: Block): string | undefined {
  return /^\/\/ ([\w./-]+\.(?:m?ts|[cm]?js))\n/.exec(code)?.[1]
}
